/*
 * Handing in by one button: saves the notebook, asks the server to run it from the top and hand it
 * in, and shows how far that is, where the zip lies, and what to do with it.
 */
import { make } from './dom.js';

const EVERY = 300; // milliseconds between two looks

export async function handIn(lab, panel, number, connection) {
  const body = new lab.widgets.Widget();
  body.addClass('labkit-handin');
  const dialog = lab.apputils.showDialog({
    title: `Hand in lab ${number}`,
    body,
    buttons: [lab.apputils.Dialog.okButton({ label: 'Close' })]
  });
  const run = async wishes => {
    try {
      await panel.context.save();
      await connection.handIn({ path: panel.context.localPath, ...wishes });
      await follow(lab, body.node, connection, run);
    } catch (trouble) {
      body.node.replaceChildren(make('p', { role: 'alert' }, trouble.message));
    }
  };
  body.node.append(make('p', {}, 'Saving the notebook…'));
  void run({});
  await dialog;
}

async function follow(lab, node, connection, again) {
  const words = make('p', { role: 'status' });
  const bar = make('progress', { max: 1, value: 0, 'aria-label': 'Cells run from the top' });
  const said = make('pre', { tabindex: '0' });
  node.replaceChildren(words, bar, said);
  for (;;) {
    const state = await connection.handedIn();
    bar.max = state.cells || 1;
    bar.value = state.running ? state.done : bar.max;
    words.textContent = state.cells
      ? `Running a copy from the top, as at grading: ${state.done} of ${state.cells} cells done.`
      : 'Looking over the saved file…';
    said.textContent = state.said.join('\n\n');
    if (!state.running) {
      node.replaceChildren(...ending(lab, state, again), said);
      return;
    }
    await new Promise(done => window.setTimeout(done, EVERY));
  }
}

function ending(lab, state, again) {
  if (state.needs === 'name') {
    const name = make('input', { type: 'text', id: 'labkit-name' });
    return [
      make('label', { for: 'labkit-name' }, 'Your name, as your instructor knows you: '),
      name,
      button('Hand in', () => again({ learner: name.value }))
    ];
  }
  if (state.needs === 'anyway') {
    return [button('Hand in the file as it is', () => again({ anyway: true }))];
  }
  if (!state.packed) {
    return [];
  }
  const { URLExt, PageConfig } = lab.coreutils;
  const address = URLExt.join(PageConfig.getBaseUrl(), 'files', URLExt.encodeParts(state.file));
  return [
    make('p', {}, make('strong', {}, 'Packed, not sent yet. '), 'Send the zip to your instructor, where your course collects work.'),
    state.file
      ? make('a', { class: 'jp-mod-styled labkit-download', href: address, download: '' }, 'Download the zip')
      : ''
  ].filter(Boolean);
}

function button(words, onclick) {
  return make('button', { type: 'button', class: 'jp-mod-styled', onclick }, words);
}
