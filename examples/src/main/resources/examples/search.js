// Drop or paste an image, or choose a file, to search for it. Without this script, the form does so.
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

function hasFiles(event) {
  return event.dataTransfer.types.includes('Files');
}

document.addEventListener('dragover', event => {
  if (!hasFiles(event)) {
    return;
  }
  event.preventDefault();
  form.classList.add('over');
});
document.addEventListener('dragleave', () => form.classList.remove('over'));
document.addEventListener('drop', event => {
  if (!hasFiles(event)) {
    return;
  }
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
