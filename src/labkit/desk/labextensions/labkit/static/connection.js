/*
 * Questions to the course's server extension (labkit.desk.server). Every error that leaves here
 * carries a sentence for the learner.
 */
const UNREACHABLE =
  'The server does not answer. What you did is kept; this page tries again by itself.';
const NO_COURSE_SERVER =
  'This JupyterLab does not know the course, so your progress is not shown here.';

export class Connection {
  constructor(lab, path) {
    this.lab = lab;
    this.path = path;
    this.settings = lab.services.ServerConnection.makeSettings();
    this.tag = '';
    this.absent = false; // the server answers, and knows no course: no use in asking often
  }

  /* What the page shows; `changed` is false where it is what came last time. */
  async home() {
    const question = `home?path=${encodeURIComponent(this.path)}`;
    const headers = this.tag ? { 'If-None-Match': this.tag } : {};
    const answer = await this.ask(question, { headers });
    if (answer.status === 304) {
      return { changed: false };
    }
    const home = await answer.json();
    this.tag = answer.headers.get('Etag') || '';
    return { changed: true, home };
  }

  /* The path of the home page; the usual one where the server does not tell. */
  async where() {
    try {
      return (await this.home()).home.path;
    } catch {
      return 'HOME.md';
    }
  }

  /* A copy of the progress, handed to the browser as a download; gives the file's name. */
  async save() {
    const answer = await this.ask('progress');
    const said = answer.headers.get('Content-Disposition') || '';
    const name = (said.match(/filename="([^"]+)"/) || [])[1] || 'labkit-progress.json';
    const link = document.createElement('a');
    link.href = URL.createObjectURL(await answer.blob());
    link.download = name;
    link.click();
    window.setTimeout(() => URL.revokeObjectURL(link.href), 60000);
    return name;
  }

  async restore(file) {
    await this.ask('progress', { method: 'POST', body: await file.arrayBuffer() });
  }

  /* Tells the server what a learner did, for the progress file; see labkit.desk.server. */
  async tell(event) {
    await this.ask('events', { method: 'POST', body: JSON.stringify(event) });
  }

  /* Begins handing in a notebook; see labkit.desk.hand_in_job. */
  async handIn(wishes) {
    await this.ask('handin', { method: 'POST', body: JSON.stringify(wishes) });
  }

  /* How far the latest handing in is. */
  async handedIn() {
    return (await this.ask('handin')).json();
  }

  /* How the cohort stands, or how a command does alone; see labkit.desk.instructor. */
  async cohort(jobAlone) {
    return (await this.ask(jobAlone ? 'cohort?job=' : 'cohort')).json();
  }

  async command(action, lab) {
    await this.ask('cohort', { method: 'POST', body: JSON.stringify({ action, lab }) });
  }

  async ask(question, request = {}) {
    const { ServerConnection } = this.lab.services;
    const address = this.lab.coreutils.URLExt.join(this.settings.baseUrl, 'labkit/');
    let answer;
    try {
      answer = await ServerConnection.makeRequest(address + question, request, this.settings);
    } catch {
      this.tag = '';
      throw new Error(UNREACHABLE);
    }
    this.absent = answer.status === 404;
    if (answer.ok || answer.status === 304) {
      return answer;
    }
    this.tag = '';
    throw new Error(await sentence(answer));
  }
}

async function sentence(answer) {
  try {
    const { message } = await answer.json();
    return message && message !== 'Not Found' ? message : NO_COURSE_SERVER;
  } catch {
    return NO_COURSE_SERVER;
  }
}
