// SPDX-License-Identifier: GPL-3.0-or-later
// Of every page: sections, buttons, and how it is drawn anew when something is chosen.

const section = (id, ...content) => h('section', { id, 'aria-labelledby': `${id}-title` },
  h('h2', { id: `${id}-title` }, t(`${id}_title`)), content);

const choiceButtons = (name, options, current, act) => h('div', { class: 'buttons', role: 'group', 'aria-label': name },
  options.map(([value, label]) => h('button', { type: 'button', id: `choose-${value}`, 'aria-pressed': String(value === current), onclick: () => act(value) }, label)));
const languageButton = () => h('button', { type: 'button', id: 'language', class: 'language', lang: state.lang === 'zh' ? 'en' : 'zh-CN', onclick: () => change({ lang: state.lang === 'zh' ? 'en' : 'zh' }) }, t('other_language'));

function fileList(list) {
  return list.map((file) => h('details', { class: 'file' },
    h('summary', {}, h('span', {}, file.file), h('code', {}, `SHA-256 ${file.sha256}`)), h('pre', { tabindex: '0' }, file.text)));
}

const licences = () => [
  h('h3', {}, t('licences_title')), h('p', {}, t('licences_text')),
  h('details', { class: 'file', id: 'licence-texts' }, h('summary', {}, t('licences_summary')), h('pre', { tabindex: '0' }, document.getElementById('licences').textContent)),
];

function change(what) {
  Object.assign(state, what);
  const focus = document.activeElement && document.activeElement.id;
  const open = [...document.querySelectorAll('details[id][open]')].map((node) => node.id);
  const top = window.scrollY;
  render();
  for (const id of open) { const node = document.getElementById(id); if (node) node.open = true; }
  if (focus && document.getElementById(focus)) document.getElementById(focus).focus({ preventScroll: true });
  window.scrollTo(0, top);
}

function render() {
  dropCharts();
  document.documentElement.lang = state.lang === 'zh' ? 'zh-CN' : 'en';
  document.getElementById('app').replaceChildren(...build());
  drawCharts();
}

// On paper the charts are drawn anew at the paper's width, and drawn back after;
// what is assumed is printed whether it was unfolded or not.
let unfolded = false;
function onPaper(paper) {
  const assumptions = document.getElementById('assumptions');
  if (assumptions && paper) unfolded = assumptions.open;
  if (assumptions) assumptions.open = paper || unfolded;
  document.documentElement.classList.toggle('paper', paper);
  drawCharts();
}
window.addEventListener('beforeprint', () => onPaper(true));
window.addEventListener('afterprint', () => onPaper(false));

// What a page does when its parts are there.
function begin() {
  const asked = new URLSearchParams(location.search).get('lang');
  if (asked === 'zh' || asked === 'en') state.lang = asked;
  render();
  let pending = 0;
  window.addEventListener('resize', () => { cancelAnimationFrame(pending); pending = requestAnimationFrame(drawCharts); });
  document.documentElement.dataset.ready = 'yes';
}
