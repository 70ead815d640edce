"""Personal information: found, and blotted out; what is not personal stays."""

from __future__ import annotations

import csv
import time
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import IkenError
from pipeline.language.tokenize import tokenize
from pipeline.privacy.finding import Personal, find_personal, mask
from pipeline.privacy.rules import KINDS, Shape, read_privacy_rules

TABLE = Path(__file__).parent / "data" / "privacy.csv"

PIECES = st.lists(
    st.sampled_from(
        [
            *(
                "田中",
                "さん",
                "会長の",
                "です",
                "山田",
                "花子",
                "凪野市",
                "汐見町",
                "2-14-6",
                "三丁目",
                "11番2号",
                "コーポ汐風",
            ),
            *(
                "203号室",
                "090-1234-5678",
                "0476",
                "(",
                ")",
                "-",
                "ー",
                "の",
                "、",
                "。",
                " ",
                "　",
                "\n",
                "1",
                "９",
                "電話",
            ),
            *(
                "〒",
                "123-4567",
                "郵便番号",
                "a@example.com",
                "@nagi_hana",
                "https://x.example.com/a",
                "昭和45年3月2日",
                "生まれ",
            ),
            *(
                "氏名",
                "：",
                "匿名",
                "〔氏名〕",
                "〔電話番号〕",
                "〔",
                "〕",
                "①",
                "㈱",
                "ﾔﾏﾀﾞ",
                "様",
                "くん",
                "内線",
                "マリア",
                "・",
                "ｶﾞ",
            ),
        ]
    ),
    max_size=14,
).map("".join)
ANY_TEXT = st.one_of(PIECES, st.text(max_size=60))


def found_in(text: str) -> list[str]:
    return [f"{personal.kind}:{text[personal.start : personal.end]}" for personal in find_personal(text)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        # 電話番号
        ("連絡は０９０－０２１４－７７８３へ", ["電話番号:０９０－０２１４－７７８３"]),
        ("(0476)02-1185 か 0476(02)1186", ["電話番号:(0476)02-1185", "電話番号:0476(02)1186"]),
        ("TEL：０４７－０１２－３４５６（内線２１３）です", ["電話番号:０４７－０１２－３４５６（内線２１３）"]),
        ("090の1234の5678", ["電話番号:090の1234の5678"]),
        ("＋81 90 1234 5678", ["電話番号:＋81 90 1234 5678"]),
        ("電話22-0145", ["電話番号:22-0145"]),
        ("①090-0123-4567", ["電話番号:090-0123-4567"]),
        ("整理番号0120045678の意見、119番、予算1,234,567,890円、9:00-17:00", []),
        # 郵便番号
        ("〒１２３－００４５", ["郵便番号:〒１２３－００４５"]),
        ("郵便番号は128-0045です", ["郵便番号:128-0045"]),
        ("備品番号123-4567の机", []),
        # 住所
        ("凪野市緑が丘2丁目3番4-501号", ["住所:凪野市緑が丘2丁目3番4-501号"]),
        ("北海道札幌市北区北10条西3丁目1-2", ["住所:北海道札幌市北区北10条西3丁目1-2"]),
        ("凪野市 北浜 1丁目 2番 3号", ["住所:凪野市 北浜 1丁目 2番 3号"]),
        ("住所は上沢1の2の3です", ["住所:上沢1の2の3"]),
        ("市営住宅の2号棟301号室", ["住所:市営住宅の2号棟301号室"]),
        ("中原三丁目に住む。施策2-3-1、県道12-3号線、第3条第2項第1号", []),
        ("市立病院の402号室、5-6年生、図2-4、3-1で勝った", []),
        # メールアドレス
        ("taro＠example．co．jp", ["メールアドレス:taro＠example．co．jp"]),
        ("taro（アットマーク）example.com", ["メールアドレス:taro（アットマーク）example.com"]),
        ("缶バッジ3個＠120円", []),
        # URL
        ("Xの@taro_nagiです", ["URL:@taro_nagi"]),
        ("http://taro.example.com/~taro/ を見て", ["URL:http://taro.example.com/~taro/"]),
        ("https://www.city.nagino.lg.jp/ や https://www.mhlw.go.jp/stf/", []),
        ("観光協会のホームページhttps://nagino-kanko.example.com/を見た", []),
        # 生年月日
        ("Ｓ４５．３．２生まれ", ["生年月日:Ｓ４５．３．２"]),
        ("長男（2015年4月3日生）と次男（2018年5月6日生）", ["生年月日:2015年4月3日", "生年月日:2018年5月6日"]),
        ("令和2年4月2日以降に生まれた子、平成17年3月28日に生まれた凪野市", []),
        # 氏名
        ("自治会長の山本氏と髙橋さん", ["氏名:山本", "氏名:髙橋"]),
        ("氏名　山田　太郎　年齢　45歳", ["氏名:山田　太郎"]),
        ("どうか直してください。山田より", ["氏名:山田"]),
        ("佐久間係長、小川市長、田中・鈴木両氏", ["氏名:佐久間", "氏名:小川", "氏名:田中", "氏名:鈴木"]),
        ("ジョン・スミスさん、Johnさん、キム先生", ["氏名:ジョン・スミス", "氏名:John", "氏名:キム"]),
        ("蓮くんと結菜ちゃん", ["氏名:蓮", "氏名:結菜"]),
        ("ﾔﾏﾀﾞさん", ["氏名:ﾔﾏﾀﾞ"]),
        ("田中町の田中さん", ["氏名:田中"]),
        ("民生委員さん、お医者さん、八百屋さん、皆さま、お客様、スタッフさん、Aさん", []),
        ("鈴木小学校、山本公園、佐藤錦、松本市長選、吉田病院の先生、石川橋", []),
        ("夏目漱石の小説、桃太郎さん、えびす様、お不動さん、くまモンさん", []),
        ("氏名：匿名", []),
        ("", []),
    ],
)
def test_what_is_personal(text: str, found: list[str]) -> None:
    assert found_in(text) == found


@pytest.mark.parametrize("shape", read_privacy_rules().shapes, ids=lambda shape: shape.pattern.pattern[:40])
def test_the_examples_of_the_rules_hold(shape: Shape) -> None:
    for example in shape.examples:
        assert shape.kind in {personal.kind for personal in find_personal(example)}, example
    for example in shape.counter_examples:
        assert shape.kind not in {personal.kind for personal in find_personal(example)}, example


def test_masking_changes_nothing_else() -> None:
    text = "会長の田中です。　ＴＥＬ：０９０－０２１４－７７８３\r\n㈱汐見の前です"
    assert mask(text, find_personal(text)) == "会長の〔氏名〕です。　ＴＥＬ：〔電話番号〕\r\n㈱汐見の前です"
    assert mask("何もない", ()) == "何もない"


def test_the_words_of_the_caller_are_used() -> None:
    text = "区長の大槻さんへ　090-0214-7783"
    assert find_personal(text, tokenize(text)) == find_personal(text)


@given(ANY_TEXT)
@settings(max_examples=300, deadline=None)
def test_spans_are_in_order_and_inside(text: str) -> None:
    place = 0
    for personal in find_personal(text):
        assert personal.kind in KINDS
        assert place <= personal.start < personal.end <= len(text)
        place = personal.end


@given(ANY_TEXT)
@settings(max_examples=300, deadline=None)
def test_nothing_is_left_after_masking(text: str) -> None:
    masked = mask(text, find_personal(text))
    assert find_personal(masked) == ()


@given(ANY_TEXT)
@settings(max_examples=100, deadline=None)
def test_the_same_text_gives_the_same(text: str) -> None:
    assert find_personal(text, tokenize(text)) == find_personal(text)


def test_recall_and_precision_on_the_table() -> None:
    right: Counter[str] = Counter()
    false: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    with TABLE.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    for row in rows:
        wanted, got = Counter(filter(None, row["spans"].split("|"))), Counter(found_in(row["text"]))
        for counter, spans in ((right, wanted & got), (false, got - wanted), (missed, wanted - got)):
            counter.update({span.partition(":")[0]: count for span, count in spans.items()})
    assert len(rows) == 260
    # Measured on the whole table: precision 0.973, recall 0.938. The half that the rules were not made from
    # has 0.945 and 0.878 of it, below the goal of 0.95: what is left is in names, dates of birth and addresses.
    assert right.total() / (right.total() + false.total()) >= 0.96
    assert right.total() / (right.total() + missed.total()) >= 0.925
    assert set(right) == set(KINDS)


@pytest.mark.parametrize(
    "piece",
    [
        "0",
        "1-",
        "a",
        "a.",
        "@a",
        "田中",
        "田中・",
        "ア",
        "ア・",
        "一",
        "町1",
        "昭和",
        "〒1",
        "http://",
        "会長の",
        " ",
        "\n",
        "さん",
        "〔氏名〕",
        "ｶﾞ",
    ],
)
def test_long_texts_take_time_in_proportion(piece: str) -> None:
    def seconds(length: int) -> float:
        text = piece * (length // len(piece))
        words = tokenize(text)
        start = time.perf_counter()
        find_personal(text, words)
        return time.perf_counter() - start

    seconds(100)
    assert seconds(40_000) < 20 * seconds(5_000) + 0.5


@pytest.mark.parametrize(
    ("body", "place", "what"),
    [
        ("pieces = 1", "pieces", "表がありません"),
        ("patterns = []\n[pieces]\nn = '1'", "patterns", "探す形がありません"),
        ("[pieces]\nn = '1'\n[[patterns]]\nkind = '年収'\npattern = '1'\nexamples = ['1']", "kind", "種類はありません"),
        (
            "[pieces]\nn = '1'\n[[patterns]]\nkind = 'URL'\npattern = '('\nexamples = ['1']",
            "pattern",
            "正規表現として読めません",
        ),
        (
            "[pieces]\nn = '1'\n[[patterns]]\nkind = 'URL'\npattern = '1'\nexamples = ['1']\nnot_afer = '1'",
            "not_afer",
            "知らない項目",
        ),
        ("[pieces", "", "TOML"),
    ],
)
def test_faulty_rules_are_told_with_their_place(tmp_path: Path, body: str, place: str, what: str) -> None:
    path = tmp_path / "privacy.toml"
    path.write_text(body, encoding="utf-8")
    with pytest.raises(IkenError, match=what) as error:
        read_privacy_rules(path)
    assert place in error.value.place
    assert error.value.remedy


def test_a_span_is_where_it_says() -> None:
    assert find_personal("　090-0214-7783") == (Personal("電話番号", 1, 14),)
