// SPDX-License-Identifier: GPL-3.0-or-later
// The page: its sections from top to bottom.

const [visits, stays] = data.care;
const claimsOf = (benefit) => sum(data.months[benefit]);

function glance() {
  const ages = data.ages.flatMap((bySex) => bySex.flatMap((row) => row.map((n, age) => n * age)));
  const cost = visits.cost + stays.cost;
  const facts = [
    ['glance_persons', number(data.persons)],
    ['glance_age', number(share(sum(ages), data.persons), 1)],
    ['glance_retired', percent(share(data.by_status[2], data.persons))],
    ['glance_visits', number(share(visits.claims, data.persons), 2)],
    ['glance_visit_cost', number(share(visits.cost, visits.claims))],
    ['glance_stays', number(100 * share(stays.claims, data.persons), 1)],
    ['glance_stay_cost', stays.claims ? number(share(stays.cost, stays.claims)) : '–'],
    ['glance_cost', number(share(cost, data.persons))],
    ['glance_without', percent(share(data.without, data.persons))],
    ['glance_top', percent(data.top_tenth)],
    ['glance_gini', number(data.gini, 3)],
  ];
  return section('glance', h('dl', { class: 'facts' }, facts.map(([key, text]) => h('div', {}, h('dt', {}, t(key)), h('dd', {}, h('span', { class: 'figure' }, text))))));
}

function wagesFigure() {
  const rows = data.bases.map((counts, status) => ({ status, counts, all: sum(counts) })).filter((r) => r.all > 0);
  if (!rows.length) return null;
  const last = Math.max(...rows.map((r) => r.counts.length - [...r.counts].reverse().findIndex((n) => n > 0)));
  const labels = Array.from({ length: last }, (_, i) => (i === data.bases[0].length - 1 ? t('and_more', { n: number(i * data.base_step) }) : `${number(i * data.base_step)}–`));
  return columnsFigure({
    title: t('wages'), note: t('wages_note', { step: data.base_step }), axis: t('yuan_month'), labels,
    series: rows.map((r) => ({ name: say(data.statuses[r.status]), colour: palette[r.status], values: labels.map((_, i) => 100 * share(r.counts[i], r.all)) })),
  });
}

function numbersFigure(care, most) {
  if (!care.claims) return null;
  const kept = care.numbers.slice(0, most);
  kept.push(sum(care.numbers.slice(most)));
  return columnsFigure({
    title: t(care.kind), note: t('numbers_note', { zero: percent(share(care.numbers[0], data.persons)) }), axis: t('number_of'), digits: 2,
    labels: kept.map((_, k) => (k === most ? t('and_more', { n: most }) : String(k))),
    series: [{ name: '', values: kept.map((n) => 100 * share(n, data.persons)) }],
  });
}

// The benefits that matter, by their number of claims.
const benefitsShown = () => data.benefits.map((_, i) => i).filter((i) => claimsOf(i) > 0);

function monthsFigure() {
  const lengths = Array.from({ length: 12 }, (_, m) => new Date(Date.UTC(data.year, m + 1, 0)).getUTCDate());
  const days = sum(lengths);
  const shown = benefitsShown().filter((i) => claimsOf(i) >= 12 * 100);
  if (!shown.length) return null;
  return columnsFigure({
    title: t('months'), note: t('months_note'), axis: t('month'), labels: lengths.map((_, m) => String(m + 1)), line: true,
    series: shown.map((i) => ({ name: say(data.benefits[i]), values: data.months[i].map((n, m) => 100 * share(n / lengths[m], claimsOf(i) / days)) })),
  });
}

function providersFigure() {
  const shown = benefitsShown();
  const rows = data.providers.map((name, p) => ({ name: say(name), values: shown.map((i) => 100 * share(data.by_provider[i][p], claimsOf(i))) }));
  const title = t('providers');
  return figure({
    title, note: t('providers_note'), describe: `${title}${t('colon')}${t('providers_note')}`,
    height: () => 90 + 34 * shown.length,
    option: (width) => ({
      grid: { left: labelWidth(width) + 12, right: 20, top: width < 500 ? 64 : 40, bottom: 26 },
      legend: legendAbove,
      xAxis: valueAxis((x) => `${number(x)}%`, { min: 0, max: 100 }),
      yAxis: categoryAxis(shown.map((i) => say(data.benefits[i])), width),
      tooltip: { ...plainTooltip, formatter: (p) => `${p.name}\n${p.seriesName}${t('colon')}${number(p.value, 1)}%` },
      series: rows.map((r, p) => ({ name: r.name, type: 'bar', stack: 'all', barWidth: 18, itemStyle: { color: palette[p] }, data: r.values })),
    }),
    table: table(title, ['', ...rows.map((r) => r.name)], shown.map((i, k) => [say(data.benefits[i]), ...rows.map((r) => number(r.values[k], 1))])),
  });
}

function tenthsFigure() {
  const values = Array.from({ length: 10 }, (_, i) => 100 * (data.lorenz[10 * i + 10] - data.lorenz[10 * i]));
  return columnsFigure({ title: t('tenths'), note: t('tenths_note'), axis: t('tenth'), labels: values.map((_, i) => String(i + 1)), series: [{ name: '', values }] });
}

function diseasesSection() {
  const figures = [true, false].map((chronic) => {
    const shown = data.diseases.filter((d) => d.chronic === chronic && sum(d.registered) > 0);
    if (!shown.length) return null;
    return columnsFigure({
      title: t(chronic ? 'chronic' : 'special'), note: t('registered_note'), axis: t('age_group'), labels: data.bands, line: true, digits: 2,
      series: shown.map((d) => ({ name: say(d.name), values: d.registered.map((n, i) => 100 * share(n, data.in_band[i])) })),
    });
  }).filter(Boolean);
  return figures.length ? section('diseases', h('p', {}, t('diseases_text')), h('div', { class: 'grid' }, figures)) : null;
}

function sourceSection() {
  const source = data.source;
  const facts = [['fact_version', `gongji ${source.version} (${source.commit})`], ['fact_compiler', source.compiler], ['fact_charts', `Apache ECharts ${echarts.version}, Apache License 2.0`]];
  if (source.id) facts.unshift(['fact_model', `${say(source.name)} (${source.id})`], ['fact_seed', source.seed]);
  return section('source', h('p', {}, source.id ? t('source_model') : t('source_files', { directory: source.directory })),
    h('dl', { class: 'facts' }, facts.map(([key, text]) => h('div', {}, h('dt', {}, t(key)), h('dd', {}, text)))),
    source.files.length ? [h('h3', {}, t('files_title')), h('p', {}, t('files_text')), fileList(source.files)] : null,
    licences());
}

function head() {
  const source = data.source, title = source.id ? say(source.name) || source.id : source.directory;
  document.title = `${title} · gongji`;
  const fill = { n: number(data.persons), year: data.year, id: source.id, seed: source.seed, directory: source.directory };
  return h('header', { id: 'top' }, h('p', { class: 'kicker' }, t('kicker')), h('h1', {}, title),
    h('p', { class: 'quiet' }, t(source.id ? 'lead_model' : 'lead_files', fill)));
}

function build() {
  const hundredths = { tenth: percent(data.top_tenth), hundredth: percent(data.top_hundredth), gini: number(data.gini, 3) };
  const mean = (care) => number(share(care.cost, care.claims));
  const grid = (...figures) => h('div', { class: 'grid' }, figures);
  return [
    h('a', { class: 'skip', href: '#glance' }, t('skip')),
    h('div', { class: 'tools' }, h('div', { class: 'within' }, h('a', { class: 'brand', href: '#top' }, '共济 gongji'), languageButton())),
    h('main', {}, head(), glance(),
      section('people', h('p', {}, t('people_text', { year: data.year })), grid(pyramidFigure(), wagesFigure())),
      section('care', h('p', {}, t('care_text')), grid(numbersFigure(visits, 30), numbersFigure(stays, 6), monthsFigure(), providersFigure())),
      section('costs', h('p', {}, t('costs_text')), grid(
        costFigure(t('visit_costs'), t('claims_share', { mean: mean(visits) }), visits.costs),
        costFigure(t('stay_costs'), t('claims_share', { mean: mean(stays) }), stays.costs),
        costFigure(t('person_costs'), t('person_costs_note', { n: number(sum(data.person_costs)) }), data.person_costs))),
      section('concentration', h('p', {}, t('concentration_text', hundredths)), grid(lorenzFigure(), tenthsFigure())),
      diseasesSection(), sourceSection())];
}

begin();
