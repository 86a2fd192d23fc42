// SPDX-License-Identifier: GPL-3.0-or-later
// Charts on every page. Each comes with a sentence for those who don't see it and
// with its numbers as a table.

const ink = { text: '#26323d', soft: '#5a6874', line: '#d9dee2', zero: '#98a2a9', better: '#1d7874', worse: '#b5501f', band: 'rgba(176, 125, 18, 0.14)' };
// Colours that differ for the colour-blind too, and stay with their scenario.
const palette = ['#1f6fb2', '#b5501f', '#1d7874', '#7d539e', '#a8790a', '#b03a6f', '#4f7d2a', '#3f5b8c'];

const charts = []; // {chart, option, node}
const font = () => getComputedStyle(document.body).fontFamily;

// figure: {title, note, describe, height(width), option(width), table, wide}
function figure(content) {
  const place = h('div', { class: 'chart', role: 'img', 'aria-label': content.describe });
  const node = h('figure', { class: content.wide ? 'wide' : null },
    h('figcaption', {}, h('strong', {}, content.title), content.note ? h('span', {}, content.note) : null),
    place,
    h('details', { class: 'numbers' }, h('summary', {}, t('as_table')), content.table));
  charts.push({ place, content, chart: null });
  return node;
}

function drawCharts() {
  for (const item of charts) {
    const width = item.place.clientWidth;
    if (width === 0) continue;
    const height = item.content.height(width);
    item.place.style.height = `${height}px`;
    if (!item.chart) item.chart = echarts.init(item.place, null, { renderer: 'svg', width, height });
    else item.chart.resize({ width, height });
    item.chart.setOption({
      animation: false,
      textStyle: { fontFamily: font(), color: ink.text, fontSize: 12 },
      ...item.content.option(width),
    }, true);
    item.width = width;
  }
}

function dropCharts() {
  for (const item of charts) if (item.chart) item.chart.dispose();
  charts.length = 0;
}

const labelWidth = (width) => Math.round(Math.min(210, Math.max(88, width * 0.34)));
// Two lines of a label at most: a Chinese character is as wide as two letters.
function clip(text, width) {
  let room = Math.floor((2 * width) / 7) - 4, out = '';
  for (const c of text) {
    room -= c.codePointAt(0) > 0x2e7f ? 2 : 1;
    if (room < 0) return `${out.trimEnd()}…`;
    out += c;
  }
  return out;
}

const plainTooltip = { trigger: 'item', renderMode: 'richText', confine: true, backgroundColor: '#fff', borderColor: ink.line, textStyle: { color: ink.text, fontSize: 12 } };

const categoryAxis = (labels, width) => ({
  type: 'category', data: labels, inverse: true,
  axisTick: { show: false }, axisLine: { lineStyle: { color: ink.zero } },
  axisLabel: { width: labelWidth(width), overflow: 'break', interval: 0, color: ink.text, fontSize: 12, lineHeight: 15 },
});
const valueAxis = (write, range = {}) => ({
  type: 'value', min: range.min, max: range.max, splitNumber: 4,
  axisLabel: { formatter: write, color: ink.soft, fontSize: 11, hideOverlap: true, showMinLabel: range.min === undefined || range.min === 0, showMaxLabel: range.max === undefined || range.max === 0 || range.full === true },
  splitLine: { lineStyle: { color: '#eceff1' } },
});
