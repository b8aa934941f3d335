"""How far back the dispatch has to look for events without a number.

The index of unnumbered rows holds those that got theirs until a vacuum takes them out, which no
vacuum can while any transaction (a backup, say) is older. To begin behind them keeps each look as
cheap as the first, whatever the log has grown to.

It is a hint, never a promise: a row may commit long after rows that were inserted later. So now and
then the look goes back to the very beginning.
"""

# Rows that commit within this time of those inserted after them are found at once.
_SETTLED_SECONDS = 5.0
# Others wait for the next whole look: a second, or more where that costs more than a twentieth of
# all the time.
_WHOLE_EVERY_SECONDS, _WHOLE_SHARE = 1.0, 0.05


class Horizon:
    """What one process knows of the rows that it has numbered; times are of `time.monotonic`."""

    def __init__(self) -> None:
        # All that was numbered, that of a while ago, and that of a while before that.
        self._highest = self._settling = self._settled = 0
        self._settles_at = self._whole_at = 0.0

    def floor(self, now: float) -> int:
        """The `id` above which to look."""
        if now >= self._settles_at:
            self._settled, self._settling = self._settling, self._highest
            self._settles_at = now + _SETTLED_SECONDS
        return 0 if now >= self._whole_at else self._settled

    def looked(self, floor: int, *, began: float, ended: float) -> None:
        """A look from `floor` on took from `began` to `ended`."""
        if floor == 0:
            pause = max(_WHOLE_EVERY_SECONDS, (ended - began) / _WHOLE_SHARE)
            self._whole_at = ended + pause

    def numbered(self, highest: int) -> None:
        """Rows up to the id `highest` have got their numbers."""
        self._highest = max(self._highest, highest)
