// Before the first paint, and as a file: the content security policy allows no inline script.
(function () {
  const chosen = localStorage.getItem('theme');
  if (chosen === 'dark' || chosen === 'light') {
    document.documentElement.dataset.theme = chosen;
  }
})();
