function () {
  // Whether the box is set, or a text where the element has no such state.
  if (this instanceof HTMLInputElement && ['checkbox', 'radio'].includes(this.type)) return this.checked;
  const told = this.getAttribute('aria-checked');
  return told === null ? 'the element is neither a box nor a radio button' : told === 'true';
}
