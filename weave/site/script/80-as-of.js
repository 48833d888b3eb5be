// The source as of an entry: entry k has what says data-b <= k < data-d.
{
  const days = window.daybookDays; // [entry, what it is called]
  const asked = new URLSearchParams(location.search).get('at');
  const slider = document.getElementById('_asof');

  const withEntry = (address, entry) => {
    const url = new URL(address);
    if (entry) url.searchParams.set('at', entry);
    else url.searchParams.delete('at');
    return url.href;
  };
  const keepInLinks = (entry) => {
    for (const link of document.querySelectorAll('.crumb a, .index th a')) link.href = withEntry(link.href, entry);
  };

  if (slider) {
    const output = document.querySelector('output[for=_asof]');
    const figure = document.querySelector('figure.source');
    const parts = [...document.querySelectorAll('main [data-b]')].map((element) => ({
      element, born: Number(element.dataset.b), died: Number(element.dataset.d ?? Infinity),
    }));

    const show = (k, isAsked) => {
      let isThere = false, wasThere = false;
      for (const {element, born, died} of parts) {
        const lives = born <= k && k < died;
        const went = isAsked && died === k;
        element.classList.toggle('on', lives || went);
        element.classList.toggle('off', !lives && !went);
        element.classList.toggle('went', went);
        element.classList.toggle('born', isAsked && lives && born === k);
        isThere ||= lives;
        wasThere ||= born <= k;
      }
      if (figure) figure.hidden = !isThere && !figure.querySelector('.went');
      let [, text] = days[k - 1];
      if (!isThere) text += wasThere ? ': this file is no more' : ': this file does not exist yet';
      output.textContent = text;
      slider.setAttribute('aria-valuetext', text);
    };

    const remember = (k) => {
      const entry = k === days.length ? null : days[k - 1][0];
      keepInLinks(entry);
      try { history.replaceState(null, '', withEntry(location.href, entry)); } catch { /* a file may have to keep its address */ }
    };

    slider.addEventListener('input', () => {
      show(slider.valueAsNumber, true);
      remember(slider.valueAsNumber);
    });

    output.setAttribute('aria-live', 'off'); // the slider itself says the same
    const k = days.findIndex(([entry]) => entry === asked) + 1;
    if (k) {
      slider.value = k;
      show(k, true);
      keepInLinks(asked);
      document.getElementById(decodeURIComponent(location.hash.slice(1)))?.scrollIntoView(); // it may be there only now
    }
  }
}
