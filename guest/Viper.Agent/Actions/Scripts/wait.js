wanted => {
  // True, false, or a text where the selector cannot be read.
  const visible = element => {
    const box = element.getBoundingClientRect();
    return box.width > 0 && box.height > 0 && getComputedStyle(element).visibility !== 'hidden';
  };
  if ('selector' in wanted) {
    let found;
    try {
      found = document.querySelector(wanted.selector);
    } catch {
      return `'${wanted.selector}' is no CSS selector.`;
    }

    switch (wanted.state ?? 'visible') {
      case 'attached': return found !== null;
      case 'detached': return found === null;
      case 'hidden': return found === null || !visible(found);
      default: return found !== null && visible(found);
    }
  }

  const text = () => document.body?.innerText ?? '';
  if ('text' in wanted) return text().includes(wanted.text);
  if ('text_gone' in wanted) return !text().includes(wanted.text_gone);
  if ('url' in wanted) {
    const pattern = wanted.url.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replace(/\*+/g, stars => stars.length > 1 ? '.*' : '[^/]*');
    return new RegExp(`^${pattern}$`).test(location.href);
  }

  return wanted.load_state === 'domcontentloaded' ? document.readyState !== 'loading' : document.readyState === 'complete';
}
