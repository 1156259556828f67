target => {
  // The element, null where there is none, or a text where the target cannot be read.
  const roots = [document];
  for (let i = 0; i < roots.length; i++) {
    for (const element of roots[i].querySelectorAll('*')) if (element.shadowRoot) roots.push(element.shadowRoot);
  }

  if (target.startsWith('text=')) {
    const wanted = target.slice(5).trim().toLowerCase();
    const read = element => (element.matches('input[type=submit], input[type=button]') ? element.value : element.innerText ?? '').trim().toLowerCase();
    let part = null;
    for (const root of roots) {
      for (const element of root.querySelectorAll('*')) {
        const text = read(element);
        if (!text.includes(wanted) || [...element.children].some(child => read(child).includes(wanted))) continue;
        if (text === wanted) return element;
        part ??= element;
      }
    }

    return part;
  }

  try {
    for (const root of roots) {
      const found = root.querySelector(target);
      if (found) return found;
    }
  } catch {
    return `'${target}' is no CSS selector.`;
  }

  return null;
}
