(format, selector) => {
  // A selector that cannot be read is false, one that finds nothing is null.
  let root = document.body ?? document.documentElement;
  if (selector !== null) {
    try {
      root = document.querySelector(selector);
    } catch {
      return false;
    }
  }

  if (root === null) return selector === null ? '' : null;
  if (format === 'html') {
    if (selector !== null) return root.outerHTML;
    const type = document.doctype;
    return (type ? new XMLSerializer().serializeToString(type) + '\n' : '') + document.documentElement.outerHTML;
  }

  if (format === 'text') return root.innerText ?? root.textContent ?? '';

  const skipped = new Set(['SCRIPT', 'STYLE', 'NOSCRIPT', 'TEMPLATE', 'HEAD', 'SVG', 'CANVAS', 'IFRAME', 'OBJECT']);
  const blocks = new Set(['ADDRESS', 'ARTICLE', 'ASIDE', 'BLOCKQUOTE', 'BODY', 'DD', 'DETAILS', 'DIV', 'DL', 'DT', 'FIELDSET', 'FIGCAPTION',
    'FIGURE', 'FOOTER', 'FORM', 'H1', 'H2', 'H3', 'H4', 'H5', 'H6', 'HEADER', 'HR', 'LI', 'MAIN', 'NAV', 'OL', 'P', 'PRE', 'SECTION',
    'SUMMARY', 'TABLE', 'UL']);
  const hidden = element => {
    if (skipped.has(element.tagName.toUpperCase())) return true;
    const style = getComputedStyle(element);
    return style.display === 'none' || style.visibility === 'hidden';
  };
  const children = node => [...(node.shadowRoot ?? node).childNodes].flatMap(
    child => child.nodeName === 'SLOT' && child.assignedNodes().length > 0 ? child.assignedNodes({flatten: true}) : [child]);
  const escape = text => text.replace(/([\\`*_[\]])/g, '\\$1');
  const inline = node => {
    if (node.nodeType === Node.TEXT_NODE) return escape(node.data.replace(/[ \t\r\n\f]+/g, ' '));
    if (node.nodeType !== Node.ELEMENT_NODE || hidden(node)) return '';
    const within = () => children(node).map(inline).join('');
    const around = mark => {
      const text = within();
      const core = text.trim();
      return core === '' ? text : text.replace(core, () => mark + core + mark);
    };
    switch (node.tagName) {
      case 'BR': return '\n';
      case 'STRONG': case 'B': return around('**');
      case 'EM': case 'I': return around('*');
      case 'DEL': case 'S': return around('~~');
      case 'CODE': case 'KBD': case 'SAMP': {
        const text = node.textContent;
        const fence = text.includes('`') ? '``' : '`';
        return text === '' ? '' : fence + text + fence;
      }
      case 'A': {
        const text = within().trim();
        const href = node.href;
        return typeof href !== 'string' || href === '' || href.startsWith('javascript:') ? text : text === '' ? '' : `[${text}](${href})`;
      }
      case 'IMG': return node.alt ? `![${escape(node.alt)}](${node.currentSrc || node.src})` : '';
      case 'INPUT': return ['hidden', 'password'].includes(node.type) ? '' : escape(node.value ?? '');
      case 'SELECT': return escape([...node.selectedOptions].map(option => option.label).join(', '));
      case 'TEXTAREA': return escape(node.value);
      default: return within();
    }
  };
  const lines = text => text.split('\n').map(line => line.trim()).join('\n').trim();
  const indent = (text, first, rest) => text.split('\n').map((line, i) => (i === 0 ? first : line === '' ? '' : rest) + line).join('\n');
  const block = node => {
    const parts = [];
    let run = '';
    const flush = () => {
      const text = lines(run);
      if (text !== '') parts.push(text);
      run = '';
    };
    for (const child of children(node)) {
      if (child.nodeType !== Node.ELEMENT_NODE) {
        run += inline(child);
      } else if (!hidden(child)) {
        const isBlock = blocks.has(child.tagName) || child.shadowRoot !== null || child.querySelector?.([...blocks].join(',').toLowerCase()) != null;
        if (isBlock) {
          flush();
          const text = element(child);
          if (text !== '') parts.push(text);
        } else {
          run += inline(child);
        }
      }
    }

    flush();
    return parts.join('\n\n');
  };
  const list = (node, ordered) => {
    let number = ordered ? node.start : 0;
    return children(node).filter(child => child.nodeType === Node.ELEMENT_NODE && !hidden(child)).map(child => {
      const mark = ordered ? `${number++}. ` : '- ';
      const text = block(child).replace(/\n\n(?=(- |\d+\. ))/g, '\n');
      return indent(text, mark, ' '.repeat(mark.length));
    }).filter(line => line.trim() !== '-').join('\n');
  };
  const table = node => {
    const rows = [...node.rows].filter(row => !hidden(row)).map(
      row => [...row.cells].map(cell => lines(inline(cell)).replace(/\n+/g, ' ').replace(/\|/g, '\\|')));
    if (rows.length === 0) return '';
    const width = Math.max(...rows.map(row => row.length));
    const write = row => '| ' + Array.from({length: width}, (_, i) => row[i] ?? '').join(' | ') + ' |';
    const caption = node.caption ? lines(inline(node.caption)) + '\n\n' : '';
    return caption + [write(rows[0]), '|' + ' --- |'.repeat(width), ...rows.slice(1).map(write)].join('\n');
  };
  const element = node => {
    const tag = node.tagName;
    if (/^H[1-6]$/.test(tag)) {
      const text = lines(inline(node)).replace(/\n+/g, ' ');
      return text === '' ? '' : '#'.repeat(+tag[1]) + ' ' + text;
    }

    switch (tag) {
      case 'HR': return '---';
      case 'PRE': return '```\n' + node.textContent.replace(/\n$/, '') + '\n```';
      case 'UL': return list(node, false);
      case 'OL': return list(node, true);
      case 'TABLE': return table(node);
      case 'BLOCKQUOTE': return indent(block(node), '> ', '> ');
      default: return block(node);
    }
  };
  return blocks.has(root.tagName) ? element(root) : block(root);
}
