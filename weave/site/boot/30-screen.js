// The machine's screen: as text, where it is text, else as a picture.
{
  const {make} = daybook;
  const COLOURS = '#000 #00a #0a0 #0aa #a00 #a0a #a50 #aaa #555 #55f #5f5 #5ff #f55 #f5f #ff5 #fff'.split(' ');
  const ASCII = Array.from({length: 95}, (_, i) => String.fromCharCode(32 + i)).join('');
  const PAGE_437 = [...` ☺☻♥♦♣♠•◘○◙♂♀♪♫☼►◄↕‼¶§▬↨↑↓→←∟↔▲▼${ASCII}⌂ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»`
    + '░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■ '];

  const drawText = (box, {width, height, content}) => {
    const text = make('pre', {role: 'group', tabindex: 0, 'aria-label': `The screen: ${height} lines of text`});
    for (let row = 0; row < height; row += 1) {
      for (let column = 0; column < width;) {
        const at = 2 * (row * width + column);
        const attribute = content[at + 1];
        let run = '';
        for (; column < width && content[2 * (row * width + column) + 1] === attribute; column += 1) {
          run += PAGE_437[content[2 * (row * width + column)]];
        }
        text.append(make('span', {style: `color:${COLOURS[attribute & 15]};background:${COLOURS[attribute >> 4]}`}, run));
      }
      text.append('\n');
    }
    box.replaceChildren(text);
  };

  const drawPicture = (box, {width, height, content}) => {
    let canvas = box.querySelector('canvas');
    if (canvas?.width !== width || canvas.height !== height) {
      canvas = make('canvas', {width, height, role: 'img', 'aria-label': `The screen: a picture, ${width} by ${height}`});
      box.replaceChildren(canvas);
    }
    canvas.getContext('2d').putImageData(new ImageData(new Uint8ClampedArray(content), width), 0, 0);
  };

  // A space on black, or a black pixel: nobody misses it.
  const isBlank = ({kind, content}) => (kind === 'text'
    ? !content.some((byte, at) => (at % 2 ? byte >> 4 : byte && byte !== 32))
    : !new Uint32Array(content.buffer).some((pixel) => pixel & 0xffffff));

  /** Shows the screen in `box`, which is empty while there is nothing on it. */
  daybookBoot.draw = (box, screen) => {
    if (isBlank(screen)) box.replaceChildren();
    else if (screen.kind === 'text') drawText(box, screen);
    else drawPicture(box, screen);
  };
}
