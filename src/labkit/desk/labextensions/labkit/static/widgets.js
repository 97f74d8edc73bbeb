/*
 * Sliders of a notebook that was saved and opened again: their model ended with its kernel, and the
 * widget manager says so in an error. Here stand a line and a button instead; the picture, an
 * output of its own, is still there.
 */
import { make } from './dom.js';

const LOST = 'Error displaying widget';

export function mendLostWidgets(lab, app, notebooks) {
  const look = node => {
    for (const lost of node.querySelectorAll('.jupyter-widgets')) {
      if (lost.childElementCount === 0 && lost.textContent.startsWith(LOST)) {
        lost.replaceChildren(...line(lost));
      }
    }
  };
  const line = lost => [
    make('span', {}, 'The sliders ended with their kernel; the picture is the saved one. '),
    make(
      'button',
      { type: 'button', class: 'jp-mod-styled labkit-again', onclick: () => void again(lost) },
      'Run the cells down to here'
    )
  ];
  const again = async lost => {
    const panel = notebooks.find(one => one.node.contains(lost));
    const place = panel ? panel.content.widgets.findIndex(cell => cell.node.contains(lost)) : -1;
    if (place < 0) {
      return;
    }
    const cells = panel.content.widgets.slice(0, place + 1);
    panel.content.activeCellIndex = place;
    await lab.notebook.NotebookActions.runCells(panel.content, cells, panel.context.sessionContext);
  };
  const watch = panel => {
    const observer = new MutationObserver(() => look(panel.node));
    observer.observe(panel.node, { childList: true, subtree: true });
    panel.disposed.connect(() => observer.disconnect());
    look(panel.node);
  };
  notebooks.forEach(watch);
  notebooks.widgetAdded.connect((_, panel) => watch(panel));
}
