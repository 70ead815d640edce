"""Results as pictures to look into: what the notebooks show.

Every picture is linked: a click on a part of it lists the opinions that it counts. Needs the
extra ``notebook``; pictures are drawn in the browser, with scripts that travel along.
"""
