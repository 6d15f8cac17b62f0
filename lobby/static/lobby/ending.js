// Owns how many cards a list of members may end before it looks like only a part of the carrier's list. Pure.
const MANY = 0.1;

/** How many members a store has before it takes a list over. */
export const before = ({ changed, unchanged, ended }) => changed + unchanged + ended;

export const endsMany = (counts) => counts.ended > before(counts) * MANY;
