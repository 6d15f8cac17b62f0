// Owns how many cards fit on a screen and in which columns, and what stands behind a card when there are more. Pure.

/** Of each shape: [columns, rows] of cards by mode. */
const ROOM = {
  tall: { plain: [2, 4], large: [1, 6], reach: [2, 3], both: [2, 2] },
  wide: { plain: [3, 3], large: [2, 3], reach: [3, 2], both: [2, 2] },
};

/**
 * How cards stand.
 * @returns {{fits: number, columns: number, plain: boolean}}  `plain`: an upright sheet in its own size, which has a layout for each number
 */
export function room(shape, { large, reach }) {
  const mode = large && reach ? "both" : large ? "large" : reach ? "reach" : "plain";
  const [columns, rows] = ROOM[shape][mode];
  return { fits: columns * rows, columns, plain: shape === "tall" && mode === "plain" };
}

/** One card for each group of two and more, where services do not all fit; the others stand beside them. */
export function entries(services, fits) {
  if (services.length <= fits) return services;
  const seen = new Map();
  for (const service of services) {
    const key = service.group?.zh ?? service.code;
    seen.set(key, [...(seen.get(key) ?? []), service]);
  }
  return [...seen.values()].map((members) => (members.length === 1 ? members[0] : { group: members[0].group, services: members }));
}

/** The entries of one page; all of them where they fit, else one place is left for the card that turns the page. */
export function page(list, fits, number) {
  if (list.length <= fits) return { shown: list, pages: 1 };
  const size = fits - 1;
  const pages = Math.ceil(list.length / size);
  const at = (number % pages) * size;
  return { shown: list.slice(at, at + size), pages };
}
