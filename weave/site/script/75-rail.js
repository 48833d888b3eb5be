// The rail, where it has its own height, begins where one is.
{
  const rail = document.querySelector('.rail');
  const here = rail.querySelector('[aria-current]');
  if (here) rail.scrollTop = here.offsetTop - rail.offsetTop - rail.clientHeight / 2;
}
