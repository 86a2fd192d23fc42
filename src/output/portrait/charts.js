// SPDX-License-Identifier: GPL-3.0-or-later
// Charts of the portrait: columns, the pyramid, curves.

const state = { lang: data.language };

const sum = (list) => list.reduce((a, b) => a + b, 0);
const share = (part, whole) => (whole ? part / whole : 0);
const axisName = (name) => ({ name, nameLocation: 'middle', nameGap: 26, nameTextStyle: { color: ink.soft, fontSize: 11 } });
const across = (labels, name, extra = {}) => ({
  type: 'category', data: labels, axisTick: { show: false }, axisLine: { lineStyle: { color: ink.zero } },
  axisLabel: { color: ink.soft, fontSize: 11, hideOverlap: true, ...extra }, ...axisName(name),
});
const legendAbove = { top: 0, left: 0, itemWidth: 12, itemHeight: 10, textStyle: { color: ink.text, fontSize: 12 } };
const axisTip = (write) => ({ ...plainTooltip, trigger: 'axis', axisPointer: { type: 'shadow' }, formatter: write });

// Columns side by side or stacked. series: [{name, values}]; values in percent.
function columnsFigure({ title, note, labels, axis, series, stack = false, digits = 1, wide = false, interval, ticks, line = false }) {
  const tip = (points) => [points[0].name, ...points.map((p) => `${p.seriesName ? `${p.seriesName}${t('colon')}` : ''}${number(p.value, digits)}`)].join('\n');
  return figure({
    title, note, wide, describe: `${title}${t('colon')}${note}`,
    height: () => (series.length > 1 ? 300 : 260),
    option: () => ({
      grid: { left: 46, right: 14, top: series.length > 1 ? 34 : 12, bottom: 46 },
      legend: series.length > 1 ? { ...legendAbove, type: 'scroll' } : undefined,
      xAxis: across(labels, axis, { ...(interval === undefined ? {} : { interval }), ...(ticks ? { formatter: ticks } : {}) }),
      yAxis: valueAxis((x) => number(x, x && Math.abs(x) < 1 ? 1 : 0)),
      tooltip: axisTip(tip),
      series: series.map((s, i) => ({
        name: s.name, type: line ? 'line' : 'bar', data: s.values, stack: stack ? 'all' : undefined, symbolSize: 5, symbol: 'circle',
        barCategoryGap: series.length > 1 && !stack ? '30%' : '12%', itemStyle: { color: s.colour || palette[i % palette.length] },
      })),
    }),
    table: table(title, [axis, ...series.map((s) => s.name || note)], labels.map((label, k) => [label, ...series.map((s) => number(s.values[k], digits))])),
  });
}

function pyramidFigure() {
  const ages = data.ages[0][0].length, step = 5;
  const firsts = Array.from({ length: Math.ceil(ages / step) }, (_, i) => i * step)
    .filter((a) => sum(data.ages.flat().map((row) => sum(row.slice(a, a + step)))) > 0);
  const labels = firsts.map((a) => `${a}–${a + step - 1}`);
  const values = (status, sex) => firsts.map((a) => 100 * share(sum(data.ages[status][sex].slice(a, a + step)), data.persons));
  const rows = data.statuses.flatMap((name, status) => data.sexes.map((sexName, sex) => ({ status, sex, name: say(name), sexName: say(sexName), values: values(status, sex) })))
    .filter((row) => sum(row.values) > 0);
  return figure({
    title: t('pyramid'), note: t('pyramid_note'), describe: `${t('pyramid')}${t('colon')}${t('pyramid_note')}`,
    height: () => 60 + 22 * labels.length,
    option: () => ({
      grid: { left: 56, right: 16, top: 34, bottom: 28 },
      legend: { ...legendAbove, data: [...new Set(rows.map((r) => r.name))] },
      xAxis: valueAxis((x) => number(Math.abs(x), Math.abs(x) % 1 ? 1 : 0)),
      yAxis: { type: 'category', data: labels, axisTick: { show: false }, axisLine: { show: false }, axisLabel: { color: ink.soft, fontSize: 11 } },
      tooltip: { ...plainTooltip, formatter: (p) => `${p.name}\n${rows[p.seriesIndex].sexName}${t('comma')}${p.seriesName}${t('colon')}${number(Math.abs(p.value), 2)}%` },
      series: rows.map((r) => ({ name: r.name, type: 'bar', stack: 'persons', barCategoryGap: '12%', itemStyle: { color: palette[r.status], opacity: r.sex === 0 ? 1 : 0.72 }, data: r.values.map((x) => (r.sex === 0 ? -x : x)) })),
    }),
    table: table(t('pyramid'), [t('age'), ...rows.map((r) => `${r.name}${t('comma')}${r.sexName}`)], labels.map((label, i) => [label, ...rows.map((r) => number(r.values[i], 2))])),
  });
}

function lorenzFigure() {
  const points = data.lorenz.map((y, x) => [x, 100 * y]);
  return figure({
    title: t('lorenz'), note: t('lorenz_note'), describe: `${t('lorenz')}${t('colon')}${t('lorenz_note')}`,
    height: (width) => Math.min(380, width),
    option: () => ({
      grid: { left: 46, right: 20, top: 12, bottom: 46 },
      xAxis: { ...valueAxis((x) => number(x), { min: 0, max: 100, full: true }), ...axisName(t('persons_share')) },
      yAxis: valueAxis((x) => number(x), { min: 0, max: 100, full: true }),
      tooltip: axisTip((all) => `${number(all[0].value[0])}% → ${number(all[0].value[1], 1)}%`),
      series: [
        { type: 'line', data: points, symbol: 'none', lineStyle: { color: palette[0], width: 2 }, areaStyle: { color: palette[0], opacity: 0.12 } },
        { type: 'line', data: [[0, 0], [100, 100]], symbol: 'none', silent: true, tooltip: { show: false }, lineStyle: { color: ink.zero, width: 1, type: 'dashed' } },
      ],
    }),
    table: table(t('lorenz'), [t('persons_share'), '%'], points.filter((_, i) => i % 10 === 0 || i > 95).map(([x, y]) => [String(x), number(y, 2)])),
  });
}

// A histogram on a logarithmic scale: marks at the powers of ten.
function costFigure(title, note, counts) {
  const edges = data.cost_edges, all = sum(counts);
  const first = counts.findIndex((n) => n > 0), last = counts.length - [...counts].reverse().findIndex((n) => n > 0);
  if (first < 0) return null;
  const from = Math.floor(first / 10) * 10, to = Math.min(counts.length, Math.ceil(last / 10) * 10);
  const places = counts.map((_, i) => i).slice(from, to);
  return columnsFigure({
    title, note, axis: t('yuan_axis'), digits: 2,
    labels: places.map((i) => `${number(edges[i])}–${number(edges[i + 1])}`),
    interval: (i) => (from + i) % 10 === 0, ticks: (label) => label.split('–')[0],
    series: [{ name: '', values: places.map((i) => 100 * share(counts[i], all)) }],
  });
}
