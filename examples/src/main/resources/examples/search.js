// Drop or paste an image to search for it. Without this script, the form does the same.
'use strict';

const form = document.getElementById('look');
const input = document.getElementById('file');
const progress = document.getElementById('progress');

function search(files) {
  if (files.length > 0) {
    input.files = files;
    form.requestSubmit();
  }
}

document.addEventListener('dragover', event => {
  event.preventDefault();
  form.classList.add('over');
});
document.addEventListener('dragleave', () => form.classList.remove('over'));
document.addEventListener('drop', event => {
  event.preventDefault();
  form.classList.remove('over');
  search(event.dataTransfer.files);
});
document.addEventListener('paste', event => search(event.clipboardData.files));
input.addEventListener('change', () => search(input.files));
document.addEventListener('submit', () => {
  progress.textContent = 'Searching ...';
});
// A page that the browser keeps must not come back with the message.
window.addEventListener('pageshow', () => {
  progress.textContent = '';
});
