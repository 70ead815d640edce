"""Results made by hand for the tests of what people get: small, with everything that can occur."""

from __future__ import annotations

from dataclasses import replace

from pipeline.deliver.results import MadeWith, Results
from pipeline.identity import text_hash
from pipeline.ledger import build_ledger
from pipeline.measured import Figure, Measured
from pipeline.records import (
    Candidate,
    Decision,
    Department,
    Evidence,
    Item,
    Judged,
    Labelling,
    Measure,
    Opinion,
    Place,
    Plan,
    PlanMatch,
    Source,
    Suggested,
    Suggestion,
    ThemeScore,
    Topic,
)

THEMES = ("担い手", "資金")
PLAN = Plan(
    (
        Measure("1(1)", "1 集まる場づくり", "気軽に寄れる場", "場をつくる", is_priority=True),
        Measure("1(2)", "1 集まる場づくり", "場の知らせ方", "知らせる"),
        Measure("2(1)", "2 続ける支え", "会費の支え", "支える"),
    )
)
HOSTILE = "</script><script>alert('x')</script> \"引用\" & <b>太字</b>\r\n\u202e逆さ\u202c 🎏 </li>"
FEW_WORDS = "もう少し灯りがほしい。"


def opinion(
    number: int,
    text: str,
    verdict: str = "該当なし",
    themes: tuple[str, ...] = (),
    words: str = "",
    kind: str = "要望",
    place: str = "1(1) 気軽に寄れる場",
    departments: tuple[str, ...] = ("水辺課",),
    age: str = "40代",
    same: int = 0,
) -> Judged:
    """An opinion at row ``number``; ``words`` are the evidence for its themes."""
    item = Item(
        "意見",
        text,
        Place("声.csv", f"{number}行"),
        departments,
        number=str(number),
        attributes=(("年代", age), ("氏名", f"港 {number}子")),
    )
    scores = tuple(
        ThemeScore(
            theme,
            0.9 if theme in themes else 0.1,
            None if verdict == "保留" and theme in themes else theme in themes,
            (Evidence(words, 1.0, words),) if words and theme in themes else (),
        )
        for theme in THEMES
    )
    return Judged(
        Opinion(f"O{number:010d}", "第2回", item, f"S{same or number:010d}"),
        Labelling(verdict, themes, scores, kind, asking=(text[:4],) if kind == "要望" else ()),
        PlanMatch((Candidate(place, 0.8),)),
    )


def made_results() -> Results:
    """Twelve opinions, two of them copies, one hostile; a measure without any, one outside; all else that can occur."""
    judged = [
        opinion(2, "世話をする人がいない上に、会費も足りない。", "付与", THEMES, "人…会費", "課題"),
        opinion(3, "会費を下げてほしい。", "付与", ("資金",), "会費", departments=("水辺課", "坂道課"), age="30代"),
        opinion(4, FEW_WORDS, place="1(2) 場の知らせ方", age="30代"),
        opinion(5, FEW_WORDS, place="1(2) 場の知らせ方", same=4, age="50代"),
        opinion(6, HOSTILE, departments=()),
        opinion(7, "代わりの人を探している。", "保留", ("担い手",), "代わり", "事例", age="90代"),
        opinion(8, "ネコの集まる広場がよい。", place="計画外", age=""),
        opinion(9, "Ｗｉ－Ｆｉの会費が高い。", "付与", ("資金",), "Wi-Fi", "懸念"),
        *(opinion(number, f"灯りの色は{number}番がよい。", age="50代") for number in range(10, 14)),
    ]
    decided = judged[1]
    judged[1] = replace(
        decided,
        decision=Decision(
            decided.opinion.id,
            text_hash(decided.opinion.text),
            ("資金",),
            "要望",
            "1(1) 気軽に寄れる場",
            "岬",
            "2030-01-02T03:04:05+09:00",
            "0" * 64,
            True,
            Suggested("保留", ("担い手",), "要望", "1(2) 場の知らせ方"),
            "会費は<資金>",
        ),
    )
    rest = (
        Item("特になし", "特になし", Place("声.csv", "20行")),
        Item("同上", "同上", Place("声.csv", "21行"), same_as=Place("声.csv", "3行")),
    )
    departments = (Department("水辺課"), Department("坂道課"))
    source = Source("声.csv", (*(one.opinion.item for one in judged), *rest), PLAN, departments)
    figure = Figure("テーマの正しさ（F1の平均）", "ほかの市の意見", 400, 0.87, 0.8, 0.9)
    ids = [one.opinion.id for one in judged]
    return Results(
        (source,),
        PLAN,
        tuple(judged),
        build_ledger([source], judged),
        THEMES,
        (),
        rest=rest,
        round="第2回",
        topics=(
            Topic("T01", "灯りの色", ("灯り", "色"), tuple(ids[8:]), (ids[8],), 0.9),
            Topic("T01-2", "灯りの数", ("灯り",), tuple(ids[2:4]), (ids[2],), 0.4, "T01"),
        ),
        suggestions=(
            Suggestion(
                number=1,
                division="拡充",
                title="会費の引き下げ",
                purpose="会費を下げることを求める意見が2件ある。",
                themes=("資金",),
                evidence=(ids[1], ids[0]),
                departments=("水辺課", "坂道課"),
                voices=2,
                representative=decided.opinion.text,
                nearest="2(1) 会費の支え",
                similarity=0.5,
                strength=1.0,
            ),
        ),
        made_with=MadeWith(
            *("0.1.0", "default", "a" * 64, "b" * 64),
            colors=("#1f6f8b", "red;} body { display: none"),
            measured=Measured(("架空の意見",), (figure,), ("言い換えに弱い。",)),
        ),
    )
