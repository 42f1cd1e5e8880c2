import { load } from 'cheerio';
import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, it } from 'vitest';
import { ChoiceList } from './choice-list';
import { Field } from './field';
import { AnsweredFields } from './field-answers';
import { SelectField } from './select-field';

const OPTIONS = ['CA', 'OR'].map((value) => ({ value, label: value }));

function fields(answer: Parameters<typeof AnsweredFields>[0]['state']) {
  const children = [
    createElement(Field, { key: 1, name: 'city', label: 'City', hint: 'Where it is sent.', defaultValue: 'Fresno' }),
    createElement(SelectField, { key: 2, name: 'state', label: 'State', options: OPTIONS, chosen: 'CA' }),
    createElement(ChoiceList, { key: 3, name: 'choice', legend: 'Which?', choices: OPTIONS, chosen: 'CA' }),
  ];
  const props = { state: answer, children };
  return load(renderToStaticMarkup(createElement(AnsweredFields, props)));
}

describe('the fields of a form', () => {
  it('begin with what is known, and once it was refused with what was typed', () => {
    const begin = (answer: Parameters<typeof fields>[0]) => {
      const $ = fields(answer);
      return [$('#city').attr('value'), $('#state option[selected]').attr('value'), $('input[checked]').attr('value')];
    };
    expect(begin({ kind: 'idle' })).toEqual(['Fresno', 'CA', 'CA']);
    expect(begin({ kind: 'refused', typed: { city: '', state: 'OR', choice: 'OR' } })).toEqual(['', 'OR', 'OR']);
    expect(begin({ kind: 'done' })).toEqual(['Fresno', 'CA', 'CA']);
  });

  it('each say what is wrong with it, beside its hint', () => {
    const $ = fields({ kind: 'refused', problems: { city: 'Write the city.', state: 'Choose one.' } });
    expect($('#city').attr()).toMatchObject({ 'aria-invalid': 'true', 'aria-describedby': 'city-error city-hint' });
    expect($('#city-error').text()).toBe('Write the city.');
    expect($('#state').attr()).toMatchObject({ 'aria-invalid': 'true', 'aria-describedby': 'state-error' });
    expect($('#state-error').text()).toBe('Choose one.');
    expect($('fieldset').attr('aria-describedby')).toBeUndefined();
  });
});
