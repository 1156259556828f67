// Everything on the page that is not in its HTML is computed here, so that a right screenshot proves a running engine.
function sumOfPrimes(count) {
  let sum = 0;
  for (let n = 2; count > 0; n++) {
    let prime = true;
    for (let d = 2; d * d <= n; d++) {
      if (n % d === 0) { prime = false; break; }
    }
    if (prime) { sum += n; count--; }
  }
  return sum;
}

function meanColour(image) {
  const canvas = document.createElement('canvas');
  canvas.width = image.naturalWidth;
  canvas.height = image.naturalHeight;
  const context = canvas.getContext('2d');
  context.drawImage(image, 0, 0);
  const data = context.getImageData(0, 0, canvas.width, canvas.height).data;
  const total = [0, 0, 0];
  for (let i = 0; i < data.length; i += 4) {
    for (let c = 0; c < 3; c++) { total[c] += data[i + c]; }
  }
  const hex = total.map(t => Math.round(t / (data.length / 4)).toString(16).padStart(2, '0'));
  return { pixels: data.length / 4, colour: '#' + hex.join('') };
}

window.addEventListener('load', () => {
  document.getElementById('computed').textContent = String(sumOfPrimes(100));
  const mean = meanColour(document.getElementById('scales'));
  document.getElementById('pixels').textContent = String(mean.pixels);
  document.getElementById('mean').textContent = mean.colour;
  document.getElementById('swatch').style.background = mean.colour;
  const facts = { 'User agent': navigator.userAgent, 'Address of this page': location.href, 'Processors': navigator.hardwareConcurrency, 'Window': `${innerWidth} × ${innerHeight}` };
  const list = document.getElementById('facts');
  for (const [name, value] of Object.entries(facts)) {
    const dt = document.createElement('dt');
    dt.textContent = name;
    const dd = document.createElement('dd');
    dd.textContent = String(value);
    list.append(dt, dd);
  }
  document.documentElement.dataset.ready = 'true';
});
