"""report.html: one file that shows a committee everything, and leads from every figure to its opinions.

Results become a view of frozen records (``view.py`` names them); the template writes the view
down and decides nothing. ``page.py`` is the door.

How it holds together:

- Every figure that counts opinions is a link to an entry of the last section, which names the
  opinions it counts by number. Without a script the link ends there. With the script, the list of
  opinions is narrowed to just these numbers: what is shown and what is counted have one origin.
- All opinions stand in the page itself, also in a round of thousands: they can be read, searched
  and printed without a script. What is out of sight is laid out only when it comes into sight.
- Nothing is fetched: the page forbids itself everything but its own style and script, which it
  names by their hashes.
"""
