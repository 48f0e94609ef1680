// Where the explorer is, in the address: the constants that were set, the path, and which of its states is looked at.

/** What the address says. */
export function read() {
  const given = new URLSearchParams(location.hash.slice(1));
  const constants = {};
  for (const [name, value] of given) if (name.startsWith("set.")) constants[name.slice(4)] = value;
  return { constants, path: given.get("path") || "0", at: given.has("at") ? Number(given.get("at")) : null };
}

/** The address of a place; `at` is left out at the end of the path. */
export function written({ constants, path, at }) {
  const parts = Object.keys(constants).sort().map(name => `set.${encodeURIComponent(name)}=${encodeURIComponent(constants[name])}`);
  parts.push(`path=${path}`);
  if (at !== null && at !== undefined && at < path.split("_").length - 1) parts.push(`at=${at}`);
  return `#${parts.join("&")}`;
}

/** Go to a place; with `quietly` it takes the present one's entry in the browser's history. */
export function go(place, quietly = false) {
  const hash = written(place);
  if (hash === location.hash) return false;
  if (quietly) history.replaceState(null, "", hash); else history.pushState(null, "", hash);
  return true;
}
