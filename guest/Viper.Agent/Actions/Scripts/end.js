function () {
  // Gives the element the focus, with the caret after what is there.
  this.focus();
  if (this instanceof HTMLInputElement || this instanceof HTMLTextAreaElement) {
    try {
      this.setSelectionRange(this.value.length, this.value.length);
    } catch {
      // A field of this type has no caret that can be set.
    }
  } else {
    getSelection().selectAllChildren(this);
    getSelection().collapseToEnd();
  }
}
