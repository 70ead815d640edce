"""The codebook: expressions, evidence, mistakes told with their remedy."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.errors import IkenError
from pipeline.language.batch import Batch
from pipeline.language.tokenize import tokenize
from pipeline.themes.codebook import Codebook, Term, Theme, read_codebook
from pipeline.themes.terms import Matcher, parse_expression, surfaces

MINIMAL = '[[theme]]\nname = "緑"\ndefinition = "木や花の話"\nterms = [{ weight = 1.0, words = ["植樹"] }]\n'


def find(expression: str, text: str) -> list[str]:
    words = tokenize(text)
    return [surfaces(words, match) for _, match in Matcher([parse_expression(expression)]).find(Batch([words]))[0]]


@pytest.mark.parametrize(
    ("expression", "text", "found"),
    [
        ("世代交代", "世代交代が進まない", ["世代交代"]),
        ("辞める", "皆が辞めて、誰も辞めない", ["辞め", "辞め"]),
        ("子供", "子どもの居場所", ["子ども"]),
        ("役員 負担", "役員の負担が重い", ["役員…負担"]),
        ("役員 負担", "役員を決める会議はいつも長く、負担", []),
        ("役員…負担", "役員を決める会議はいつも長く、負担だ", ["役員…負担"]),
        ("役員…負担", "役員は選挙で決まる。負担はない", []),
        ("役員|班長 負担|重い", "班長の役が重い", ["班長…重い"]),
        ("集まる ない", "人が集まりません", ["集まり…ん"]),
        ("集まる ない", "人が集まらず困る", ["集まらず"]),
        ("負担 役員", "役員の負担", []),
        ("地域のつながり", "地域のつながりが薄い", ["地域のつながり"]),
    ],
)
def test_expressions(expression: str, text: str, found: list[str]) -> None:
    assert find(expression, text) == found


@pytest.mark.parametrize("expression", ["", "役員||班長", "役員 … ", "|"])
def test_empty_places_of_an_expression_are_refused(expression: str) -> None:
    with pytest.raises(ValueError, match="空の語"):
        parse_expression(expression)


def book(*terms: Term, ignore: tuple[str, ...] = ()) -> Codebook:
    return Codebook((Theme("緑", "木の話", (), (), terms, ignore),))


def evidence(codebook: Codebook, text: str) -> list[tuple[str, float]]:
    return [(part.words, part.weight) for part in codebook.evidence(tokenize(text))[0]]


def test_a_term_counts_once() -> None:
    assert evidence(book(Term("植樹", 1.0)), "植樹をして、また植樹をする") == [("植樹", 1.0)]


def test_of_overlapping_terms_the_strongest_counts() -> None:
    codebook = book(Term("公園", 0.3), Term("公園 花", 1.0))
    assert evidence(codebook, "公園の花を植える") == [("公園…花", 1.0)]


def test_terms_against_take_away() -> None:
    codebook = book(Term("植樹", 1.0), Term("道路", -0.4))
    assert evidence(codebook, "道路の植樹") == [("道路", -0.4), ("植樹", 1.0)]


def test_ignored_expressions_hide_their_words() -> None:
    codebook = book(Term("緑", 1.0), ignore=("緑 窓口",))
    assert evidence(codebook, "みどりの窓口がない") == []
    assert evidence(codebook, "緑の窓口と緑の多い公園") == [("緑", 1.0)]


def test_the_codebook_that_travels_with_the_program() -> None:
    found = read_codebook()
    assert found.names == ("担い手", "資金", "交流", "オンライン")
    for theme in found.themes:
        assert len(theme.definition) > 10
        assert theme.include
        assert theme.exclude


def test_its_own_examples_are_found_and_its_counterexamples_are_weaker() -> None:
    for number, theme in enumerate(read_codebook().themes):
        scores = [
            [sum(part.weight for part in read_codebook().evidence(tokenize(text))[number]) for text in texts]
            for texts in (theme.examples, theme.counterexamples)
        ]
        assert min(scores[0]) >= 0.5, theme.name
        assert max(scores[1]) < 0.6, theme.name


def test_a_fifth_theme_is_one_file(tmp_path: Path) -> None:
    path = tmp_path / "themes.toml"
    path.write_text(MINIMAL, encoding="utf-8")
    assert read_codebook(path).names == ("緑",)


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ("[[theme]\n", "TOML"),
        ("", "テーマが一つもありません"),
        (MINIMAL.replace('name = "緑"\n', ""), "name"),
        (MINIMAL.replace('"緑"', '"該当なし"'), "name"),
        (MINIMAL.replace('"緑"', '"緑|花"'), "name"),
        (MINIMAL.replace("1.0", "0"), "terms.weight"),
        (MINIMAL.replace("1.0", '"強い"'), "terms.weight"),
        (MINIMAL.replace("1.0", "nan"), "terms.weight"),
        (MINIMAL.replace('["植樹"]', '"植樹"'), "terms.words"),
        (MINIMAL.replace('["植樹"]', '["植樹", ""]'), "terms"),
        (MINIMAL.replace('["植樹"]', '["植樹", "植樹"]'), "二度"),
        (MINIMAL.replace("definition", "defintion"), "defintion"),
        (MINIMAL + MINIMAL, "二つあります"),
        (MINIMAL + 'examples = "文"\n', "examples"),
    ],
)
def test_a_mistake_is_told_with_file_key_and_remedy(tmp_path: Path, body: str, place: str) -> None:
    path = tmp_path / "my_themes.toml"
    path.write_text(body, encoding="utf-8")
    with pytest.raises(IkenError, match=place) as caught:
        read_codebook(path)
    assert "my_themes.toml" in str(caught.value)
    assert caught.value.remedy


def test_a_missing_codebook_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(IkenError, match="読めません"):
        read_codebook(tmp_path / "none.toml")
