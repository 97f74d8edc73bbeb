/*
 * A question of the course as buttons: one click, or Enter, answers it, shows why, and counts. Where
 * this extension is missing, the same output has HTML that opens each option, and text.
 */
import { make } from './dom.js';

const TYPE = 'application/vnd.labkit.question+json';

export function questionFactory(lab, connection) {
  class Question extends lab.widgets.Widget {
    async renderModel(model) {
      this.addClass('labkit-question');
      this.node.replaceChildren(...draw(model.data[TYPE], connection));
    }
  }
  return {
    safe: true,
    mimeTypes: [TYPE],
    defaultRank: 10, // before HTML
    createRenderer: () => new Question()
  };
}

function draw(question, connection) {
  const said = make('div', { role: 'status', class: 'lk-why' });
  const buttons = question.options.map(({ letter, text }) =>
    make(
      'button',
      { type: 'button', class: 'lk-option', 'aria-pressed': 'false', onclick: () => answer(letter) },
      make('span', { class: 'lk-letter' }, `${letter})`),
      make('span', {}, text)
    )
  );
  const answer = async letter => {
    const place = question.options.findIndex(option => option.letter === letter);
    const { right, why } = question.options[place];
    buttons.forEach((button, n) => button.setAttribute('aria-pressed', String(n === place)));
    said.replaceChildren(
      make('strong', { class: right ? 'lk-right' : 'lk-wrong' }, right ? '✔ right' : '✘ not this one'),
      make('p', {}, why)
    );
    try {
      await connection.tell({ kind: 'quiz', lab: question.lab, question: question.name, letter, right });
    } catch (trouble) {
      said.append(make('p', { class: 'lk-untold' }, `Not counted. ${trouble.message}`));
    }
  };
  return [
    make('p', { class: 'lk-ask' }, make('strong', {}, 'Question. '), question.text),
    make('div', { class: 'lk-options', role: 'group', 'aria-label': 'Options' }, buttons),
    said
  ];
}
