// SPDX-License-Identifier: GPL-3.0-or-later
// The page: its sections from top to bottom, and what its buttons do.

const headline = ['fund_outflow', 'account_transfer', 'member_burden'];
const measureName = (key) => say(data.measures[measureAt.get(key)].name);
const several = data.scenarios.length > 1;

// Cards in rows as full as can be.
const across = (n) => (n <= 4 ? n : n % 4 === 0 ? 4 : 3);

// ---- what was compared ----

function periodNote(scenario) {
  const rulesOn = data.run.rules_on;
  const from = rulesOn || `${year()}-01-01`, to = rulesOn || `${year()}-12-31`;
  const { from: start, to: end } = data.scenarios[scenario];
  if (end !== null && end < to) return t(data.run.expiry === 'renew' ? 'ended_renewed' : 'ended_stopped', { day: end });
  if (start !== null && start > to) return t('not_started', { day: start });
  if (start !== null && start > from) return t('started_within', { day: start });
  return null;
}

const period = (s) => [h('span', { class: 'together' }, `${s.from || t('open')} –`), ' ', h('span', { class: 'together' }, s.to || t('open'))];

function compareTable() {
  const rows = data.scenarios.map((s, i) => h('tr', {},
    h('th', { scope: 'row' }, several ? h('label', { class: 'tick' },
      h('input', { type: 'checkbox', id: `show-${i}`, checked: state.shown.has(i), disabled: i === data.baseline, onchange: (event) => tick(i, event.target.checked) }),
      h('i', { class: 'key', style: `background:${colour(i)}` }), say(s.name)) : say(s.name),
    i === data.baseline && several ? h('b', { class: 'mark plain' }, t('baseline')) : null),
    h('td', {}, h('code', {}, s.id), s.extends ? h('small', {}, t('extends', { id: s.extends })) : null),
    h('td', {}, s.document || '–'),
    h('td', {}, period(s), periodNote(i) ? h('small', { class: 'warn' }, periodNote(i)) : null)));
  return h('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': t('compared_title') }, h('table', { class: 'left' },
    h('caption', { class: several ? 'screen' : null }, several ? t('compared_caption') : t('compared_one')),
    h('thead', {}, h('tr', {}, [t('scenario'), t('id'), t('document'), t('in_force')].map((text) => h('th', { scope: 'col' }, text)))),
    h('tbody', {}, rows)));
}

function runFacts() {
  const run = data.run, years = run.years;
  const people = run.replicates > 1 ? t('people_replicates', { n: number(run.persons), r: run.replicates }) : t('people_simulated', { n: number(run.persons) });
  const facts = [
    ['fact_model', `${say(run.model.name)} (${run.model.id})`],
    ['fact_people', `${people}${t('semicolon')}${t('people_insured', { n: number(rawCell(data.baseline, 'persons', 'all')[0]) })}`],
    ['fact_years', years.length > 1 ? `${years[0]}–${years[years.length - 1]}` : String(years[0])],
    ['fact_rules', run.rules_on ? t('rules_on', { day: run.rules_on }) : t('rules_dated')],
    ['fact_behaviour', t(`behaviour_${run.behaviour}`)],
    ['fact_seed', run.seed],
  ];
  return h('dl', { class: 'facts' }, facts.map(([key, text]) => h('div', {}, h('dt', {}, t(key)), h('dd', {}, text))));
}

// ---- at a glance ----

function splitBar(scenario) {
  const better = estimate(scenario, 'winners', 'all', 'insured').value, worse = estimate(scenario, 'losers', 'all', 'insured').value;
  const same = Math.max(0, 1 - better - worse);
  const part = (share, name, key) => h('span', { class: key, style: `width:${(100 * share).toFixed(3)}%`, title: `${name} ${percent(share)}` }, share > 0.12 ? percent(share, 0) : '');
  return h('div', { class: 'split' },
    h('div', { class: 'bar', role: 'img', 'aria-label': `${t('worse')} ${percent(worse)}, ${t('unchanged')} ${percent(same)}, ${t('better')} ${percent(better)}` },
      part(worse, t('worse'), 'worse'), part(same, t('unchanged'), 'same'), part(better, t('better'), 'better')),
    h('div', { class: 'ends' }, h('span', {}, `${t('worse')} ${percent(worse)}`), h('span', {}, `${t('better')} ${percent(better)}`)));
}

function card(scenario) {
  const isBase = scenario === data.baseline;
  return h('article', { class: 'card', style: `border-top-color:${colour(scenario)}` },
    h('h3', {}, say(data.scenarios[scenario].name), isBase && several ? h('b', { class: 'mark plain' }, t('baseline')) : null),
    h('dl', {}, headline.map((key) => {
      const cell = estimate(scenario, key), unit = moneyUnit(shown().map((s) => estimate(s, key).value));
      return h('div', {}, h('dt', {}, measureName(key)),
        h('dd', {}, h('span', { class: 'figure' }, inUnit(cell.value, unit)), ` ${unit.name}`,
          isBase ? h('small', {}, `± ${inUnit((cell.upper - cell.lower) / 2, unit)}`)
            : h('small', {}, t('against_baseline', { x: `${signedIn(cell.difference, unit)} ± ${inUnit(cell.half, unit)}` }))));
    })),
    isBase ? null : splitBar(scenario));
}

// ---- sections with charts ----

function headlineCharts() {
  return headline.map((key) => h('div', { class: 'pair' },
    levelFigure(key, measureName(key)), compared().length ? differenceFigure(key, measureName(key)) : null));
}

// The one published outflow, as a band (docs: two recalled headcounts, an open cut-off).
const PUBLISHED = { place: 'yantai', from: 55, to: 155 };

function checkSection() {
  if (!groupAt.has('benefit=outpatient')) return null;
  const own = data.run.model.id.includes(PUBLISHED.place);
  const concerned = own || data.scenarios.some((s) => s.id.includes(PUBLISHED.place));
  return section('check', h('p', {}, t('check_text')),
    levelFigure('fund_outflow', t('check_chart'), 'benefit=outpatient', 'insured', concerned ? PUBLISHED : null, t('per_insured_in', { unit: t('unit_yuan') })),
    concerned ? h('p', { class: 'quiet' }, h('i', { class: 'key band' }), t('check_band', { from: PUBLISHED.from, to: PUBLISHED.to }), own ? null : ` ${t('check_other')}`) : null);
}

function winnersSection() {
  if (!compared().length) return null;
  const reach = winnersReach();
  return section('winners', h('p', {}, t('winners_text', { name: say(data.scenarios[data.baseline].name) })),
    h('div', { class: 'grid' }, compared().map((s) => winnersFigure(s, reach))), spreadFigure());
}

function decileSection() {
  const groups = data.groups.filter((g) => g.dimension === 'spending');
  if (!groups.length) return null;
  const burden = (s, key) => estimate(s, 'member_burden', key, 'insured').value;
  const difference = (s, key) => estimate(s, 'member_burden', key, 'insured').difference;
  const share = (s, key) => { const cost = rawCell(s, 'cost', key)[0]; return cost ? 100 * rawCell(s, 'member_burden', key)[0] / cost : null; };
  return section('decile', h('p', {}, t('decile_text')), h('div', { class: 'grid' },
    decileFigure(groups, t('decile_share'), t('decile_share_note'), share, (x) => (x === null ? '–' : `${number(x, 1)}%`), shown(), { min: 0, max: 100, full: true }),
    compared().length
      ? decileFigure(groups, t('decile_change'), t('decile_change_note', { name: say(data.scenarios[data.baseline].name) }), difference, (x) => signed(x), compared())
      : decileFigure(groups, t('decile_burden'), t('per_insured_in', { unit: t('unit_yuan') }), burden, (x) => number(x), shown())));
}

// ---- how it was made ----

function methodSection() {
  const run = data.run;
  const seen = new Set();
  const all = [...run.model.files, ...data.scenarios.flatMap((s) => s.files)].filter((f) => !seen.has(f.file + f.sha256) && seen.add(f.file + f.sha256));
  const points = ['method_paired', 'method_interval', 'method_money', 'method_scale', 'method_winners', 'method_groups', run.behaviour === 'off' ? 'method_static' : 'method_behaviour', 'method_model'];
  return section('method',
    h('ul', { class: 'points' }, points.map((key) => h('li', {}, t(key, { n: number(run.persons * run.replicates), claims: number(run.claims) })))),
    h('h3', {}, t('again_title')), h('p', {}, t('again_text')), h('pre', { class: 'command', tabindex: '0' }, run.command || ''),
    h('dl', { class: 'facts' }, [['fact_seed', run.seed], ['fact_version', `gongji ${run.version} (${run.commit})`], ['fact_compiler', run.compiler], ['fact_charts', `Apache ECharts ${echarts.version}, Apache License 2.0`]]
      .map(([key, text]) => h('div', {}, h('dt', {}, t(key)), h('dd', {}, text)))),
    h('h3', {}, t('files_title')), h('p', {}, t('files_text')), fileList(all),
    licences());
}

// ---- the whole ----

function bar() {
  return h('div', { class: 'tools' }, h('div', { class: 'within' },
    h('a', { class: 'brand', href: '#top' }, '共济 gongji'),
    data.run.years.length > 1 ? h('label', { class: 'choice' }, t('year'), h('select', { id: 'year', onchange: (event) => change({ year: Number(event.target.value) }) },
      data.run.years.map((y, i) => h('option', { value: i, selected: i === state.year }, y)))) : null,
    choiceButtons(t('amounts'), [['insured', t('per_insured')], ['total', t('in_total')]], state.per, (per) => change({ per })),
    languageButton()));
}

function head() {
  const run = data.run, first = run.years[0], last = run.years[run.years.length - 1];
  const title = several ? t('title', { n: data.scenarios.length }) : say(data.scenarios[0].name);
  document.title = `${title} · gongji`;
  return h('header', { id: 'top' }, h('p', { class: 'kicker' }, t('kicker')), h('h1', {}, title),
    h('p', { class: 'lead' }, several ? data.scenarios.slice(0, FIRST_SHOWN).map((s) => say(s.name)).join(t('comma')) + (data.scenarios.length > FIRST_SHOWN ? '…' : '') : ''),
    h('p', { class: 'quiet' }, t('lead_facts', { years: first === last ? first : `${first}–${last}`, n: number(run.persons * run.replicates), model: say(run.model.name), insured: number(rawCell(data.baseline, 'persons', 'all')[0]) })));
}

function build() {
  return [
    h('a', { class: 'skip', href: '#glance' }, t('skip')), bar(),
    h('main', {}, head(),
      section('glance', h('p', {}, t(`glance_${several ? '' : 'alone_'}${state.per}`, { year: year() })), h('div', { class: 'cards', style: `--across:${across(shown().length)}` }, shown().map(card))),
      section('compared', compareTable(), runFacts()),
      aheadSection(), drySection(), bookSection(), budgetSection(),
      section('headline', h('p', {}, t('headline_text')), headlineCharts()),
      checkSection(), winnersSection(), decileSection(),
      section('results', h('p', {}, t('results_text'), data.worlds ? ` ${t('results_worlds')}` : null), h('div', { class: 'line' }, groupChoice()), resultsTable()),
      h('div', { class: 'sheet' }, section('parameters', h('p', {}, t('parameters_text')),
        several ? h('label', { class: 'choice' }, h('input', { type: 'checkbox', id: 'only', checked: state.onlyDifferent, onchange: (event) => change({ onlyDifferent: event.target.checked }) }), t('only_different')) : null,
        h('p', { class: 'legend quiet' }, h('b', { class: 'mark reading' }, t('mark_reading')), t('legend_reading'), h('b', { class: 'mark assumption' }, t('mark_assumption')), t('legend_assumption'), several ? [h('i', { class: 'key tint' }), t('legend_differs')] : null),
        parameterTable())),
      section('standing', h('p', {}, t('standing_text')), assumptionTable(), modelTable()),
      methodSection())];
}

function tick(scenario, on) {
  if (on) state.shown.add(scenario); else state.shown.delete(scenario);
  change({});
}

begin();
