// SPDX-License-Identifier: GPL-3.0-or-later
// The report's charts.

const colour = (scenario) => (scenario === data.baseline ? '#6b7782'
  : palette[(scenario < data.baseline ? scenario : scenario - 1) % palette.length]);
const symbols = ['circle', 'rect', 'triangle', 'diamond', 'roundRect', 'emptyCircle', 'emptyRect', 'emptyTriangle'];
const symbolOf = (scenario) => symbols[scenario % symbols.length];

const names = (scenarios, width) => scenarios.map((s) => clip(say(data.scenarios[s].name), labelWidth(width)));
// An interval as a line with ends, along the value axis at row i.
const whisker = (from, to, i) => [{ coord: [from, i] }, { coord: [to, i] }];
const whiskers = (pairs) => ({
  silent: true, animation: false, symbol: ['rect', 'rect'], symbolSize: [8, 1.5],
  lineStyle: { color: ink.text, width: 1.5, type: 'solid' }, itemStyle: { color: ink.text },
  label: { show: false }, data: pairs,
});

// Bars by scenario with 95 % intervals and the value written behind them.
// rows: [{scenario, value, low, high, text}]
function barOption(rows, width, write, band = null) {
  const lows = rows.map((r) => r.low), highs = rows.map((r) => r.high);
  const least = Math.min(0, ...lows), most = Math.max(0, ...highs, band ? band.to : 0);
  const room = (most - least || 1) * Math.min(0.6, 78 / Math.max(60, width - labelWidth(width) - 40));
  const range = { min: least < 0 ? least - room : 0, max: most > 0 ? most + room : 0 };
  const series = [{
    type: 'bar', barWidth: 18, cursor: 'default',
    data: rows.map((r) => ({ value: r.value, itemStyle: { color: colour(r.scenario) } })),
    markLine: whiskers(rows.filter((r) => r.high > r.low).map((r) => whisker(r.low, r.high, rows.indexOf(r)))),
    markArea: band ? { silent: true, itemStyle: { color: ink.band }, label: { show: false }, data: [[{ xAxis: band.from }, { xAxis: band.to }]] } : undefined,
  }, {
    type: 'scatter', symbolSize: 0.01, silent: true, tooltip: { show: false },
    data: rows.map((r, i) => ({
      value: [r.value < 0 ? r.low : Math.max(r.high, 0), i],
      label: { show: true, position: r.value < 0 ? 'left' : 'right', formatter: () => r.text, color: ink.text, fontSize: 12, distance: 5 },
    })),
  }];
  return {
    grid: { left: labelWidth(width) + 12, right: 20, top: 6, bottom: 26 },
    xAxis: valueAxis(write, range),
    yAxis: categoryAxis(names(rows.map((r) => r.scenario), width), width),
    tooltip: { ...plainTooltip, formatter: (p) => rows[p.dataIndex].tip },
    series,
  };
}
const barHeight = (n) => 34 + 40 * Math.max(1, n);

function levelFigure(measure, title, group = 'all', per = state.per, band = null, note = null) {
  const scenarios = shown();
  const cells = scenarios.map((s) => estimate(s, measure, group, per));
  const unit = moneyUnit(cells.flatMap((c) => [c.lower, c.upper]), per);
  const label = per === 'insured' ? t('per_insured_in', { unit: unit.name }) : unit.name;
  const rows = scenarios.map((scenario, i) => ({
    scenario, value: cells[i].value, low: Math.max(cells[i].lower, Math.min(0, cells[i].value)), high: cells[i].upper, text: inUnit(cells[i].value, unit),
    tip: `${say(data.scenarios[scenario].name)}\n${inUnit(cells[i].value, unit)} ${label}\n${t('interval')} ${between(inUnit(cells[i].lower, unit), inUnit(cells[i].upper, unit))}`,
  }));
  const lines = rows.map((r) => [say(data.scenarios[r.scenario].name), r.text, between(inUnit(r.low, unit), inUnit(r.high, unit))]);
  return figure({
    title, note: note || label,
    describe: `${title} (${label}): ${lines.map((l) => `${l[0]} ${l[1]}`).join(t('semicolon'))}`,
    height: () => barHeight(rows.length),
    option: (width) => barOption(rows, width, (x) => number(x / unit.scale, x / unit.scale % 1 ? 1 : 0), band),
    table: table(`${title}, ${label}`, [t('scenario'), label, t('interval')], lines),
  });
}

function differenceFigure(measure, title) {
  const scenarios = compared();
  const cells = scenarios.map((s) => estimate(s, measure));
  const unit = moneyUnit(cells.flatMap((c) => [c.low, c.high]));
  const label = state.per === 'insured' ? t('per_insured_in', { unit: unit.name }) : unit.name;
  const rows = scenarios.map((scenario, i) => ({
    scenario, value: cells[i].difference, low: cells[i].low, high: cells[i].high, text: signedIn(cells[i].difference, unit),
    tip: `${say(data.scenarios[scenario].name)}\n${signedIn(cells[i].difference, unit)} ${label}\n${t('interval')} ${between(signedIn(cells[i].low, unit), signedIn(cells[i].high, unit))}`,
  }));
  const lines = rows.map((r) => [say(data.scenarios[r.scenario].name), r.text, between(signedIn(r.low, unit), signedIn(r.high, unit))]);
  const heading = t('difference_title', { figure: title });
  return figure({
    title: heading, note: t('difference_note', { unit: label, name: say(data.scenarios[data.baseline].name) }),
    describe: `${heading} (${label}): ${lines.map((l) => `${l[0]} ${l[1]}`).join(t('semicolon'))}`,
    height: () => barHeight(rows.length),
    option: (width) => barOption(rows, width, (x) => signed(x / unit.scale, x / unit.scale % 1 ? 1 : 0)),
    table: table(`${heading}, ${label}`, [t('scenario'), label, t('interval')], lines),
  });
}

const winnerGroups = () => data.groups.filter((g) => ['all', 'status', 'age'].includes(g.dimension));
function shareOf(measure, scenario, group) {
  const cell = estimate(scenario, measure, group, 'insured');
  return cell ? cell.value : 0;
}
// The same reach on all of these charts, so that they can be compared by eye.
function winnersReach() {
  const shares = compared().flatMap((s) => winnerGroups().flatMap((g) => [shareOf('winners', s, g.key), shareOf('losers', s, g.key)]));
  return Math.min(1, Math.ceil(10 * Math.max(0.1, ...shares) + 0.5) / 10);
}

// Who gains and who loses: a row a group, worse off to the left, better off to the right.
function winnersFigure(scenario, most) {
  const rows = winnerGroups().map((g) => {
    const gain = estimate(scenario, 'net_gain_mean', g.key);
    return { name: say(g.name), better: shareOf('winners', scenario, g.key), worse: shareOf('losers', scenario, g.key), gain: gain ? gain.value : null, half: gain ? NORMAL_95 * gain.error : 0 };
  });
  const digits = Math.max(...rows.map((r) => Math.abs(r.gain || 0))) < 100 ? 1 : 0;
  const lines = rows.map((r) => [r.name, percent(r.better), percent(r.worse), percent(Math.max(0, 1 - r.better - r.worse)), signed(r.gain, 2), `±${number(r.half, 2)}`]);
  const title = say(data.scenarios[scenario].name);
  const bar = (key, sign, fill) => ({
    type: 'bar', stack: 'people', name: t(key), barWidth: 14, cursor: 'default', itemStyle: { color: fill },
    data: rows.map((r) => sign * r[key]),
    label: { show: true, color: '#fff', fontSize: 11, formatter: (p) => (Math.abs(p.value) >= 0.14 * most ? number(100 * Math.abs(p.value)) : '') },
  });
  return figure({
    title, note: t('winners_note'),
    describe: `${title}: ${lines.slice(0, 4).map((l) => `${l[0]} ${t('better')} ${l[1]}, ${t('worse')} ${l[2]}`).join(t('semicolon'))}`,
    height: () => 70 + 24 * rows.length,
    option: (width) => ({
      grid: { left: Math.min(130, width * 0.26), right: 66, top: 34, bottom: 26 },
      legend: { top: 0, left: 0, itemWidth: 12, itemHeight: 12, selectedMode: false, textStyle: { color: ink.text } },
      xAxis: valueAxis((x) => `${number(100 * Math.abs(x))}%`, { min: -most - 1e-9, max: most + 1e-9 }),
      yAxis: [
        { ...categoryAxis(rows.map((r) => r.name), width), axisLabel: { color: ink.text, fontSize: 12, interval: 0, width: Math.min(120, width * 0.24), overflow: 'truncate' } },
        { type: 'category', inverse: true, position: 'right', data: rows.map((r) => r.name), axisLine: { show: false }, axisTick: { show: false },
          name: t('mean_gain'), nameLocation: 'start', nameTextStyle: { align: 'center', color: ink.soft, fontSize: 11 },
          axisLabel: { interval: 0, color: ink.text, fontSize: 12, formatter: (_, i) => signed(rows[i].gain, digits) } },
      ],
      tooltip: { ...plainTooltip, formatter: (p) => `${rows[p.dataIndex].name}\n${t('better')} ${lines[p.dataIndex][1]} · ${t('worse')} ${lines[p.dataIndex][2]}\n${t('mean_gain_long')} ${lines[p.dataIndex][4]} ${lines[p.dataIndex][5]}` },
      series: [bar('worse', -1, ink.worse), bar('better', 1, ink.better)],
    }),
    table: table(title, [t('group'), t('better'), t('worse'), t('unchanged'), t('mean_gain_long'), t('interval_short')], lines),
  });
}

// The spread of gains: the middle half thick, nine tenths thin, the median a dot.
function spreadFigure() {
  const scenarios = compared();
  const which = data.quantiles.distributions.findIndex((d) => d.key === 'net_gain');
  const at = (q) => data.quantiles.levels.findIndex((x) => Math.abs(x - q) < 1e-9);
  const rows = scenarios.map((scenario) => {
    const q = data.quantiles.values[scenario][state.year][which];
    return { scenario, q: [0.05, 0.25, 0.5, 0.75, 0.95].map((level) => q[at(level)]) };
  });
  const lines = rows.map((r) => [say(data.scenarios[r.scenario].name), ...r.q.map((x) => signed(x))]);
  const band = (from, to, size) => rows.map((r, i) => [{ coord: [r.q[from], i], lineStyle: { color: colour(r.scenario), width: size, type: 'solid', cap: 'butt' } }, { coord: [r.q[to], i] }]);
  const least = Math.min(0, ...rows.map((r) => r.q[0])), most = Math.max(0, ...rows.map((r) => r.q[4])), room = 0.06 * (most - least || 1);
  return figure({
    title: t('spread_title'), note: t('spread_note'), wide: true,
    describe: `${t('spread_title')}: ${lines.map((l) => `${l[0]} ${l[1]}, ${l[3]}, ${l[5]}`).join(t('semicolon'))}`,
    height: () => barHeight(rows.length),
    option: (width) => ({
      grid: { left: labelWidth(width) + 12, right: 20, top: 6, bottom: 26 },
      xAxis: valueAxis((x) => signed(x), { min: least - room, max: most + room }),
      yAxis: categoryAxis(names(scenarios, width), width),
      tooltip: { ...plainTooltip, formatter: (p) => `${lines[p.dataIndex][0]}\n${['5%', '25%', '50%', '75%', '95%'].map((level, i) => `${level}: ${lines[p.dataIndex][i + 1]}`).join('\n')}` },
      series: [{
        type: 'scatter', symbolSize: 11, cursor: 'default', z: 5,
        data: rows.map((r, i) => ({ value: [r.q[2], i], itemStyle: { color: '#fff', opacity: 1, borderColor: colour(r.scenario), borderWidth: 3 } })),
        markLine: { silent: true, symbol: 'none', animation: false, label: { show: false }, data: [...band(0, 4, 3), ...band(1, 3, 11)] },
      }],
    }),
    table: table(t('spread_title'), [t('scenario'), '5%', '25%', '50%', '75%', '95%'], lines),
  });
}

// How many rows a legend takes up at a width.
const LEGEND_TEXT = 110;
function legendRows(texts, width, room = LEGEND_TEXT) {
  let rows = 1, used = 0;
  for (const text of texts) {
    const size = 46 + [...clip(text, room)].reduce((sum, c) => sum + (c.codePointAt(0) > 0x2e7f ? 12.5 : 7), 0);
    if (used > 0 && used + size > width) { rows++; used = 0; }
    used += size;
  }
  return rows;
}

// Lines by spending decile.
function decileFigure(groups, title, note, value, write, scenarios, range = {}) {
  const rows = scenarios.map((s) => groups.map((g) => value(s, g.key)));
  const labels = groups.map((_, i) => String(i + 1));
  const top = (width) => 14 + 21 * legendRows(scenarios.map((s) => say(data.scenarios[s].name)), width);
  return figure({
    title, note,
    describe: `${title}: ${scenarios.map((s, i) => `${say(data.scenarios[s].name)} ${write(rows[i][0])} – ${write(rows[i][rows[i].length - 1])}`).join(t('semicolon'))}`,
    height: (width) => 270 + top(width),
    option: (width) => ({
      grid: { left: 58, right: 14, top: top(width), bottom: 44 },
      legend: { top: 0, left: 0, itemWidth: 22, itemHeight: 9, selectedMode: false, textStyle: { color: ink.text }, formatter: (text) => clip(text, LEGEND_TEXT) },
      xAxis: { type: 'category', data: labels, name: t('decile_axis'), nameLocation: 'middle', nameGap: 26, nameTextStyle: { color: ink.soft }, axisLine: { lineStyle: { color: ink.soft }, onZero: false }, axisTick: { show: false }, axisLabel: { color: ink.text, interval: 0 } },
      yAxis: valueAxis((x) => number(x), range),
      tooltip: { ...plainTooltip, formatter: (p) => `${p.seriesName}\n${t('decile_axis')}: ${p.name}\n${write(p.value)}` },
      series: scenarios.map((s, i) => ({
        type: 'line', name: say(data.scenarios[s].name), data: rows[i], symbol: symbolOf(s), symbolSize: 7, cursor: 'default',
        lineStyle: { width: 2, color: colour(s), type: s === data.baseline ? 'dashed' : 'solid' }, itemStyle: { color: colour(s) },
      })),
    }),
    table: table(title, [t('decile_axis'), ...scenarios.map((s) => say(data.scenarios[s].name))], labels.map((label, k) => [label, ...rows.map((row) => write(row[k]))])),
  });
}
