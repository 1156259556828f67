function (values) {
  // The options that were chosen, or a text that says why none was.
  if (!(this instanceof HTMLSelectElement)) return 'the element is no <select>';
  if (values.length > 1 && !this.multiple) return 'it takes one value only';
  const options = [...this.options];
  const chosen = values.map(value => options.find(option => option.value === value) ?? options.find(option => option.label.trim() === value.trim()));
  const missing = values.filter((_, i) => !chosen[i]);
  if (missing.length > 0) return `it has no option '${missing[0]}'`;
  const disabled = chosen.find(option => option.disabled || option.closest('optgroup')?.disabled);
  if (disabled) return `the option '${disabled.label}' is disabled`;
  options.forEach(option => { option.selected = chosen.includes(option); });
  this.dispatchEvent(new Event('input', {bubbles: true, composed: true}));
  this.dispatchEvent(new Event('change', {bubbles: true}));
  return chosen.map(option => option.value);
}
