/*
 * Elements from names, properties and children. Text only ever becomes text nodes, so nothing that
 * a file or a learner holds can become markup.
 */
export function make(name, properties = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (key.startsWith('on')) {
      element.addEventListener(key.slice(2), value);
    } else if (value !== undefined && value !== null) {
      element.setAttribute(key, value);
    }
  }
  element.append(...children.flat().filter(child => child !== null && child !== ''));
  return element;
}

/* A bar with its words: the words tell the same, for eyes and for screen readers. */
export function bar(reached, of, label, words) {
  const progress = make('progress', {
    max: of || 1,
    value: reached,
    'aria-label': label,
    'aria-valuetext': words
  });
  return make('div', { class: 'lk-bar' }, progress, make('span', {}, words));
}

export function count(number, one, many) {
  return `${number} ${number === 1 ? one : many}`;
}

export function figure(number) {
  return number.toLocaleString('en', { maximumFractionDigits: 1 });
}

/* Day and time in the reader's own zone; the text itself where it is no time. */
export function moment(iso) {
  const when = new Date(iso);
  if (Number.isNaN(when.getTime())) {
    return iso;
  }
  return when.toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'short' });
}
