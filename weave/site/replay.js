// replay.js: plays the log of a boot at the pace at which it was sent. Without it the log is there all the same.
{
  const longest = 1500; // milliseconds: longer silences are cut, and said to be
  const speeds = [[1, 'As it was'], [1000, '1,000 times slower'], [10000, '10,000 times slower'],
    [100000, '100,000 times slower']];
  const usual = 10000;
  const still = matchMedia('(prefers-reduced-motion: reduce)');

  const button = (text) => {
    const element = document.createElement('button');
    element.type = 'button';
    element.textContent = text;
    return element;
  };

  const speedChoice = () => {
    const select = document.createElement('select');
    for (const [factor, text] of speeds) select.add(new Option(text, factor, factor === usual, factor === usual));
    const label = document.createElement('label');
    label.append('Speed ', select);
    return [label, select];
  };

  const addControls = (figure) => {
    const list = figure.querySelector('.replay');
    const lines = [...list.children];
    const play = button('Replay');
    const restart = button('From the start');
    const all = button('Show all');
    const [label, select] = speedChoice();
    const said = document.createElement('span');
    said.setAttribute('role', 'status');
    const silence = document.createElement('span'); // not announced: there may be many
    const controls = document.createElement('div');
    controls.className = 'controls';
    controls.append(play, restart, all, label, said, silence);
    list.parentElement.before(controls);

    let shown = lines.length;
    let timer = 0; // that of the next line, 0 while nothing plays

    const draw = () => {
      lines.forEach((line, i) => {
        line.classList.toggle('later', i >= shown);
        line.classList.toggle('now', i === shown - 1 && shown < lines.length);
      });
      const begun = shown < lines.length;
      if (still.matches) play.textContent = begun ? 'Next line' : 'Step through';
      else if (timer) play.textContent = 'Pause';
      else play.textContent = begun ? 'Go on' : 'Replay';
      restart.hidden = !begun;
      all.hidden = !begun;
      label.hidden = still.matches;
    };

    // Scrolls the box, never the page.
    const follow = () => {
      const box = list.parentElement;
      const line = lines[shown - 1];
      if (!line) return;
      const below = line.getBoundingClientRect().bottom - box.getBoundingClientRect().bottom;
      const above = line.getBoundingClientRect().top - box.getBoundingClientRect().top;
      if (below > 0) box.scrollTop += below;
      else if (above < 0) box.scrollTop += above;
    };

    const stop = () => {
      clearTimeout(timer);
      timer = 0;
      silence.textContent = '';
    };

    const finish = () => {
      stop();
      shown = lines.length;
      said.textContent = `All ${lines.length} lines`;
      draw();
    };

    const showNext = () => {
      shown += 1;
      if (shown === lines.length) finish();
      else draw();
      follow();
    };

    const wait = () => {
      const { waited, later } = lines[shown].dataset;
      const milliseconds = (waited / 1e6) * select.value;
      silence.textContent = milliseconds > longest ? `silence shortened: ${later}` : '';
      timer = setTimeout(() => {
        showNext();
        if (timer) wait();
      }, Math.min(milliseconds, longest));
    };

    const rewind = () => {
      stop();
      said.textContent = '';
      shown = 0;
      list.parentElement.scrollTop = 0;
    };

    const start = () => {
      if (still.matches) {
        showNext();
      } else {
        said.textContent = 'Playing';
        wait();
        draw();
      }
    };

    play.addEventListener('click', () => {
      if (timer) {
        stop();
        said.textContent = `Paused after line ${shown} of ${lines.length}`;
        draw();
        return;
      }
      if (shown === lines.length) rewind();
      start();
    });
    restart.addEventListener('click', () => {
      rewind();
      play.focus();
      start();
    });
    all.addEventListener('click', () => {
      finish();
      play.focus();
    });
    still.addEventListener('change', () => {
      stop();
      draw();
    });
    draw();
  };

  document.querySelectorAll('figure.boot').forEach(addControls);
}
