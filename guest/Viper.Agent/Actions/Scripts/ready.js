async function (needs) {
  // Whether a person could act on this element now: the state, and where it is.
  const describe = element => {
    const id = element.id ? '#' + element.id : '';
    // Not the values of fields: they may be secrets.
    const text = (element.innerText ?? '').trim().replace(/\s+/g, ' ');
    return element.tagName.toLowerCase() + id + (text ? ` "${text.length > 40 ? text.slice(0, 40) + '…' : text}"` : '');
  };
  const twoFrames = () => new Promise(done => {
    // A page that is not shown has no frames, and one on a busy machine has them late.
    const late = setTimeout(() => done(false), 250);
    requestAnimationFrame(() => requestAnimationFrame(() => { clearTimeout(late); done(true); }));
  });
  // Where no frame has come, what an animation moves is still where it was.
  const isAnimated = () => document.getAnimations().some(one => one.playState === 'running' && one.effect?.target?.contains(this));
  const state = (name, more) => ({state: name, element: describe(this), ...more});
  if (!this.isConnected) return state('detached');
  this.scrollIntoViewIfNeeded(true);
  const before = this.getBoundingClientRect();
  if (before.width === 0 || before.height === 0 || getComputedStyle(this).visibility === 'hidden') return state('hidden');
  const hasSeen = await twoFrames();
  if (!this.isConnected) return state('detached');
  const box = this.getBoundingClientRect();
  if (box.x !== before.x || box.y !== before.y || box.width !== before.width || box.height !== before.height || (!hasSeen && isAnimated())) return state('moving');
  if (needs.enabled && (this.matches(':disabled') || this.closest('[aria-disabled=true]'))) return state('disabled');
  if (needs.editable) {
    const isField = this instanceof HTMLInputElement || this instanceof HTMLTextAreaElement;
    if (!isField && !this.isContentEditable) return state('not_editable');
    if (isField && this.readOnly) return state('readonly');
  }

  const left = Math.max(box.left, 0), right = Math.min(box.right, innerWidth);
  const top = Math.max(box.top, 0), bottom = Math.min(box.bottom, innerHeight);
  const x = (left + right) / 2, y = (top + bottom) / 2;
  if (needs.hit) {
    if (right <= left || bottom <= top) return state('outside');
    let hit = document.elementFromPoint(x, y);
    for (let inner; hit?.shadowRoot && (inner = hit.shadowRoot.elementFromPoint(x, y)) && inner !== hit;) hit = inner;
    let node = hit;
    while (node && node !== this) node = node.assignedSlot ?? node.parentNode ?? node.host;
    if (node !== this && hit?.closest('label')?.control !== this) return state('covered', {by: hit ? describe(hit) : 'nothing'});
  }

  return state('ready', {x, y});
}
