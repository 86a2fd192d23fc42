// SPDX-License-Identifier: GPL-3.0-or-later
// Of every page: its data, its words in two languages, how numbers are written, pieces of document.
// A page's own script has `state`, with lang, and build(), which makes what is in it.

const data = JSON.parse(document.getElementById('data').textContent);
const words = JSON.parse(document.getElementById('words').textContent);

const t = (key, fill = {}) =>
  words[key][state.lang].replace(/\{(\w+)\}/g, (_, name) => String(fill[name]));
const say = (pair) => pair[state.lang] || pair.zh || pair.en;

// Numbers: minus as a minus sign, thousands marked, as many decimals as asked for.
const formats = new Map();
function number(x, digits = 0) {
  if (x === null || !Number.isFinite(x)) return '–';
  if (!formats.has(digits)) {
    formats.set(digits, new Intl.NumberFormat('en-GB', { minimumFractionDigits: digits, maximumFractionDigits: digits }));
  }
  const text = formats.get(digits).format(Math.abs(x));
  return x < 0 && /[1-9]/.test(text) ? `−${text}` : text;
}
function signed(x, digits = 0) {
  const text = number(x, digits);
  return x > 0 && /[1-9]/.test(text) ? `+${text}` : text;
}
const between = (from, to) => t('between', { from, to });
const percent = (x, digits = 1) => `${number(100 * x, digits)}%`;

// Document pieces: text goes in as text, never as markup.
function h(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith('on')) node.addEventListener(key.slice(2), value);
    else node.setAttribute(key, value === true ? '' : value);
  }
  node.append(...children.flat(9).filter((child) => child !== null && child !== undefined && child !== ''));
  return node;
}

// A table: head [text], rows [[text or node]]; the first of each row is its heading.
function table(caption, head, rows, className = '') {
  return h('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': caption },
    h('table', { class: className },
      h('caption', {}, caption),
      h('thead', {}, h('tr', {}, head.map((text, i) => h('th', { scope: 'col', class: i ? 'number' : null }, text)))),
      h('tbody', {}, rows.map((row) => h('tr', {}, row.map((item, i) => (i
        ? h('td', { class: 'number' }, item) : h('th', { scope: 'row' }, item))))))));
}
