// The sequence diagram of a run: time runs down, a row per step, a message from the row that sent it to the row that received it.
//
// The names of the lanes stay above, the steps stay at the left, and whatever is current is moved into view. No two texts overlap: a row is as high as
// the labels of the messages that it sends.

import { h, s, line, plain } from "./dom.js";

const ROW = 34, LABEL = 15, LETTER = 6.7, NARROW = 84, WIDE = 200, LONGEST = 290;

function cut(text, width) {
  const letters = Math.max(3, Math.floor(width / LETTER));
  return text.length <= letters ? text : `${text.slice(0, letters - 1)}…`;
}

/**
 * @param {object} run what `run_json` tells: lanes, messages, steps.
 * @param {object} on what happens: `step(number)` when a step is chosen, `message(number)` and `lane(number)` where these can be clicked.
 *   `room`: how many pixels there are for the lanes.
 * @returns {{element: Element, show: (number: number) => void}}
 */
export function sequence(run, on) {
  const count = run.steps.length;
  const labels = new Array(count).fill(0);
  const places = run.messages.map(message => labels[message.sent]++);  // The line of each label below its row.
  const heights = labels.map(number => ROW + LABEL * Math.max(number - 1, 0) + (number ? 6 : 0));
  const tops = [0];
  for (const height of heights) tops.push(tops[tops.length - 1] + height);
  const middle = step => tops[step] + 16;
  const column = Math.max(NARROW, Math.min(WIDE, Math.floor((on.room || 620) / Math.max(run.lanes.length, 1))));
  const x = lane => Math.round(column * (lane + 0.5));
  const width = Math.max(column * run.lanes.length, on.room || 0, column), height = tops[count] + 8;

  const rows = run.steps.map((step, number) =>
    s("rect", { class: "row", "data-step": number, x: 0, y: tops[number], width, height: heights[number] }));
  const arrows = run.messages.map((message, number) => drawnMessage(message, number));
  const events = run.steps.map((step, number) => drawnEvent(step, number));
  const picture = s("svg", { width, height, viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": `Sequence diagram of ${count - 1} steps` },
    s("defs", {}, s("marker", { id: "head", viewBox: "0 0 8 8", refX: 8, refY: 4, markerWidth: 8, markerHeight: 8, orient: "auto" },
      s("path", { d: "M0 0 L8 4 L0 8 z", class: "head" }))),
    rows, run.loop !== null && run.loop !== undefined && repeated(), run.lanes.map((_, lane) => lifeline(lane)), arrows.map(arrow => arrow.line), events, arrows.map(arrow => arrow.label));

  const names = run.lanes.map((name, lane) => {
    const shown = cut(name, column - 14);
    const title = shown === name ? null : name;
    return on.lane ? h("button", { class: "lane", type: "button", title: title || `What ${name} can do`, onclick: () => on.lane(lane) }, shown)
      : h("span", { class: "lane", title }, shown);
  });
  for (const name of names) name.style.width = `${column}px`;
  const steps = run.steps.map((step, number) => h("button", { class: "step", type: "button", "data-step": number, title: plain(step.text),
    onclick: () => on.step(number) }, h("span", { class: "is-number" }, `${number}. `), line(step.text)));
  steps.forEach((step, number) => { step.style.height = `${heights[number]}px`; });
  const loop = run.loop === null || run.loop === undefined ? null : looped();
  const lanes = h("div", { class: "lanes" }, h("span", { class: "corner" }, "step"), names);
  const body = h("div", { class: "body" }, h("div", { class: "steps" }, steps, loop), picture);
  picture.addEventListener("click", event => {
    const row = event.target.closest("[data-step]");
    if (row) on.step(Number(row.getAttribute("data-step")));
  });
  const element = h("div", { class: "sequence", tabindex: "0", role: "region", "aria-label": "Sequence of steps and messages" }, lanes, body);

  // What repeats for ever: the rows behind the state that the last one returns to; none of them if it stops there.
  function looped() {
    const ends = run.loop === count - 1;
    return h("p", { class: "is-note again" }, ends ? "for ever: nothing" : `for ever: from ${count - 1} back to ${run.loop}, and steps ${run.loop + 1} to ${count - 1} again`);
  }

  function repeated() {
    if (run.loop === count - 1) return null;
    const top = tops[run.loop + 1] + 2, bottom = height - 10, right = width - 6;
    return s("g", { class: "loop" }, s("title", {}, "for ever"), s("rect", { x: 3, y: top, width: width - 9, height: bottom - top, rx: 6 }),
      s("path", { class: "back", d: `M${right} ${bottom - 6} L${right} ${top + 8}`, "marker-end": "url(#head)" }));
  }

  function lifeline(lane) {
    const parts = [];
    let from = 0, down = false;
    run.steps.forEach((step, number) => {
      if (step.lane === lane && (step.mark === "crash" || step.mark === "restart")) {
        parts.push(s("line", { class: down ? "down" : "life", x1: x(lane), x2: x(lane), y1: from, y2: middle(number) }));
        from = middle(number);
        down = step.mark === "crash";
      }
    });
    parts.push(s("line", { class: down ? "down" : "life", x1: x(lane), x2: x(lane), y1: from, y2: height }));
    return parts;
  }

  function drawnEvent(step, number) {
    if (step.lane === null || step.lane === undefined) return s("g", {});
    const at = { cx: x(step.lane), cy: middle(number) };
    const cross = step.mark === "crash" || step.mark === "lose";
    return s("g", { class: `event ${step.mark}`, "data-step": number }, s("title", {}, `${number}. ${plain(step.text)}`),
      s("circle", { ...at, r: 6 }), cross && s("path", { class: "cross", d: `M${at.cx - 8} ${at.cy - 8} l16 16 m-16 0 l16 -16` }));
  }

  function ends(message, received) {
    const from = { x: x(message.src), y: middle(message.sent) };
    if (received !== undefined) return [from, { x: x(message.dst), y: middle(received) }];
    const y = message.lost === null ? Math.min(tops[message.sent + 1] + 4, height) : middle(message.lost);
    return [from, { x: (from.x + x(message.dst)) / 2, y }];
  }

  function drawnMessage(message, number) {
    const kind = message.received.length ? "received" : message.lost === null ? "flying" : "lost";
    const attributes = { class: `message ${kind}`, "data-message": number };
    const lines = (message.received.length ? message.received : [undefined]).map(received => {
      const [from, to] = ends(message, received);
      if (message.src === message.dst) {
        return s("path", { class: "arrow", d: `M${from.x} ${from.y} C${from.x + 46} ${from.y}, ${from.x + 46} ${to.y}, ${from.x + 7} ${to.y}` });
      }
      const back = received === undefined ? 0 : Math.sign(from.x - to.x) * 6;
      return s("line", { class: "arrow", x1: from.x, y1: from.y, x2: to.x + back, y2: to.y, "marker-end": received === undefined ? null : "url(#head)" });
    });
    if (kind === "lost") {
      const [, to] = ends(message);
      lines.push(s("path", { class: "cross", d: `M${to.x - 6} ${to.y - 6} l12 12 m-12 0 l12 -12` }));
    }
    const click = on.message ? event => { event.stopPropagation(); on.message(number); } : null;
    return { line: s("g", { ...attributes, onclick: click }, lines), label: s("g", { ...attributes, onclick: click }, labelled(message, number)) };
  }

  function labelled(message, number) {
    const leftwards = message.dst < message.src || (message.dst === message.src && message.src === run.lanes.length - 1 && message.src > 0);
    const from = x(message.src), y = middle(message.sent) + 14 + LABEL * places[number];
    const room = leftwards ? from - 10 : width - from - 10;
    return s("text", { x: leftwards ? from - 10 : from + 10, y, "text-anchor": leftwards ? "end" : "start" },
      cut(message.text, Math.min(room, LONGEST)),
      s("title", {}, `${message.text} from ${run.lanes[message.src]} to ${run.lanes[message.dst]}`));
  }

  function show(now) {
    rows.forEach((row, number) => row.setAttribute("class", number === now ? "row now" : "row"));
    steps.forEach((step, number) => {
      step.classList.toggle("now", number === now);
      step.classList.toggle("later", number > now);
      if (number === now) step.setAttribute("aria-current", "step"); else step.removeAttribute("aria-current");
    });
    events.forEach((event, number) => event.classList.toggle("later", number > now));
    arrows.forEach((arrow, number) => {
      for (const part of [arrow.line, arrow.label]) part.classList.toggle("later", run.messages[number].sent > now);
    });
    reveal(now);
  }

  function reveal(now) {
    const head = lanes.offsetHeight, top = tops[now], bottom = tops[now + 1];
    if (top < element.scrollTop) element.scrollTop = top;
    else if (bottom + head > element.scrollTop + element.clientHeight) element.scrollTop = bottom + head - element.clientHeight + 8;
    const lane = run.steps[now].lane;
    if (lane === null || lane === undefined) return;
    const left = steps[0].offsetWidth, from = x(lane) - column / 2, room = element.clientWidth - left;
    if (from < element.scrollLeft) element.scrollLeft = from;
    else if (from + column > element.scrollLeft + room) element.scrollLeft = from + column - room;
  }

  return { element, show };
}
