function (text) {
  // True when it is done; false when the text is still to be typed into what is selected now.
  this.focus();
  const typed = ['', 'text', 'search', 'url', 'tel', 'password', 'email', 'number'];
  if (this instanceof HTMLInputElement && !typed.includes(this.type)) {
    Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set.call(this, text);
    if (this.value !== text) return `an input of the type ${this.type} cannot hold '${text}'`;
    this.dispatchEvent(new Event('input', {bubbles: true, composed: true}));
    this.dispatchEvent(new Event('change', {bubbles: true}));
    return true;
  }

  if (this.isContentEditable && !(this instanceof HTMLTextAreaElement)) {
    const range = document.createRange();
    range.selectNodeContents(this);
    getSelection().removeAllRanges();
    getSelection().addRange(range);
  } else {
    this.select();
  }

  return false;
}
