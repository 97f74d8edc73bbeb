/*
 * The instructor's part of the home page: how each lab stands, and buttons for what comes next. It
 * outlives the drawings of the page, like "Keep your progress".
 */
import { figure, make, moment } from './dom.js';

const EVERY = 1500; // milliseconds between two looks at a command that runs

export class Cohort {
  /* `actions`: cohort(jobAlone), command(action, lab), link(path). */
  constructor(actions) {
    this.actions = actions;
    this.rows = make('div', {}, make('p', {}, 'Looking at the gradebook…'));
    this.said = make('div', { role: 'status', class: 'lk-said' });
    this.node = make(
      'section',
      { class: 'lk-section', 'aria-labelledby': 'lk-cohort' },
      make('h2', { id: 'lk-cohort' }, 'Your cohort'),
      make(
        'div',
        { class: 'lk-actions' },
        make('a', { class: 'lk-button', target: '_blank', rel: 'noopener', href: actions.link('labkit/report') }, 'Report')
      ),
      this.rows,
      this.said
    );
    this.running = false;
  }

  async refresh() {
    try {
      const { labs, job } = await this.actions.cohort(false);
      this.rows.replaceChildren(this.table(labs));
      this.tell(job);
    } catch (trouble) {
      this.said.replaceChildren(make('p', {}, trouble.message));
    }
  }

  table(labs) {
    const heads = ['Lab', 'Handed in', 'Graded', 'To be read', 'Late', 'Mean ± spread', ''];
    return make(
      'table',
      { class: 'lk-cohort' },
      make('caption', {}, 'Points are those given so far; what is to be read is not in them.'),
      make('thead', {}, make('tr', {}, heads.map((text, n) => make('th', { scope: 'col', class: n ? 'lk-figure' : null }, text)))),
      labs.map(lab => make('tbody', {}, this.row(lab), this.below(lab)))
    );
  }

  row(lab) {
    const middle =
      lab.mean === null
        ? '–'
        : `${figure(lab.mean)} ± ${figure(lab.spread)} of ${figure(lab.maximum)}`;
    const cell = number => make('td', { class: 'lk-figure' }, String(number));
    return make(
      'tr',
      {},
      make('th', { scope: 'row' }, `${lab.number} · ${lab.title}`),
      cell(lab.handed_in),
      cell(lab.graded),
      cell(lab.waiting),
      cell(lab.late),
      make('td', { class: 'lk-figure' }, middle),
      make('td', {}, lab.due ? `due ${moment(lab.due)}` : '')
    );
  }

  below(lab) {
    const button = (action, words) =>
      make(
        'button',
        {
          type: 'button',
          class: 'lk-button',
          'aria-label': `${words} for lab ${lab.number}`,
          onclick: () => this.run(action, lab)
        },
        words
      );
    const { trap } = lab;
    return make(
      'tr',
      {},
      make(
        'td',
        { colspan: '7' },
        trap
          ? make('p', {}, `Most frequent known trap: ${trap.words} (${trap.task}, ${trap.count} times).`)
          : null,
        make(
          'div',
          { class: 'lk-actions' },
          button('grade', 'Grade'),
          make(
            'a',
            {
              class: 'lk-button',
              target: '_blank',
              href: this.actions.link(`formgrader/manage_submissions/${lab.name}`),
              'aria-label': `Formgrader for lab ${lab.number}`
            },
            'Formgrader'
          ),
          button('feedback', 'Write feedback'),
          button('export', 'Export grades')
        )
      )
    );
  }

  async run(action, lab) {
    try {
      await this.actions.command(action, lab.name);
      await this.follow();
    } catch (trouble) {
      this.said.replaceChildren(make('p', {}, trouble.message));
    }
  }

  /* Looks at the command until it ends, then at the gradebook. */
  async follow() {
    if (this.running) {
      return;
    }
    this.running = true;
    try {
      for (;;) {
        const { job } = await this.actions.cohort(true);
        this.tell(job);
        if (!job || !job.running) {
          break;
        }
        await new Promise(done => window.setTimeout(done, EVERY));
      }
    } finally {
      this.running = false;
    }
    await this.refresh();
  }

  tell(job) {
    if (!job) {
      return;
    }
    const state = job.running ? 'is running' : job.code === 0 ? 'is done' : `ended with ${job.code}`;
    const done = !job.running && job.code === 0;
    this.said.replaceChildren(
      make('p', {}, make('strong', {}, `${job.action} ${job.lab} ${state}.`)),
      make('pre', { tabindex: '0' }, job.text),
      ...(done && job.action === 'export'
        ? [make('a', { href: this.actions.link('files/grader/grades.csv'), download: '' }, 'Download grades.csv')]
        : [])
    );
    if (job.running) {
      void this.follow();
    }
  }
}
