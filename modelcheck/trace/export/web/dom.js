// Elements of a page, made of texts alone: nothing that a spec or a file holds is ever read as HTML.

const SVG = "http://www.w3.org/2000/svg";

function made(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat(Infinity).filter(child => child !== null && child !== undefined && child !== false));
  return node;
}

/** An HTML element; an attribute `onclick` is a listener, and one that is false or missing is left out. */
export function h(name, attributes, ...children) {
  return made(document.createElement(name), attributes, children);
}

/** An SVG element. */
export function s(name, attributes, ...children) {
  return made(document.createElementNS(SVG, name), attributes, children);
}

/** A line of pairs of a text and its style. */
export function line(pairs) {
  return pairs.map(([text, style]) => (style === "plain" ? text : h("span", { class: `is-${style}` }, text)));
}

/** The text of such a line. */
export function plain(pairs) {
  return pairs.map(([text]) => text).join("");
}

/** Whether a key press is meant for a field, or for the browser. */
export function isTaken(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return true;
  return event.target instanceof Element && event.target.closest("input, textarea, select, [contenteditable]") !== null;
}
