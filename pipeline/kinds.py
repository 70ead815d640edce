"""What an item of a source can be: each ends under one of these names in the ledger."""

OPINION = "意見"
EXAMPLE = "取組例"
OVERVIEW = "概要"
NOTE = "注記"
EMPTY = "空欄"
TOTAL = "合計行"
NOTHING = "特になし"
SAME_AS_ABOVE = "同上"
GREETING = "挨拶"
FORM_TEXT = "様式"
REPEATED = "重複行"

KINDS = (OPINION, NOTHING, SAME_AS_ABOVE, GREETING, FORM_TEXT, EXAMPLE, OVERVIEW, NOTE, TOTAL, EMPTY, REPEATED)
"""In the order in which the ledger names them."""
