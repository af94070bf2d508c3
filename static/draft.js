/* A letter taken down where the connection comes and goes: what is typed stays on this device until the office has it.
   Staff's own page alone; without this file the page is a plain form. Texts come from data- attributes. */
(function () {
  'use strict';

  var script = document.currentScript;
  var store = null;
  try { store = window.localStorage; store.getItem('draft'); } catch (refused) { store = null; }

  function read(name) {
    try { return JSON.parse(store.getItem(name)); } catch (broken) { return null; }
  }

  /* The office has it: that draft, and no later one, is deleted. */
  var done = script && script.dataset.done;
  if (done && store) {
    var had = read(done);
    if (had && had.fields && had.fields.form_key === script.dataset.key) { store.removeItem(done); }
  }

  var form = document.querySelector('form[data-draft]');
  if (!form) { return; }

  var name = form.dataset.draft;
  var told = document.getElementById('draft-told');
  var remove = document.querySelector('[data-draft-delete]');
  var sending = false;
  var waiting = false;

  function say(text) { told.textContent = text || ''; }

  function kept(field) {
    return field.name && field.name !== 'csrf_token' && field.type !== 'file' && field.type !== 'submit';
  }

  function typed() {
    var fields = {};
    Array.prototype.forEach.call(form.elements, function (field) {
      if (!kept(field)) { return; }
      if (field.type === 'radio' || field.type === 'checkbox') { if (field.checked) { fields[field.name] = field.value; } }
      else { fields[field.name] = field.value; }
    });
    return fields;
  }

  function village() {
    var place = form.elements.place;
    var chosen = place && place.options && place.options[place.selectedIndex];
    return chosen ? chosen.textContent : '';
  }

  function save() {
    if (!store) { return false; }
    try { store.setItem(name, JSON.stringify({ at: Date.now(), fields: typed(), village: village() })); } catch (full) { return false; }
    if (remove) { remove.hidden = false; }
    return true;
  }

  function forget() {
    if (store) { store.removeItem(name); }
    if (remove) { remove.hidden = true; }
  }

  function put(fields, village) {
    Array.prototype.forEach.call(form.elements, function (field) {
      if (!kept(field) || !(field.name in fields)) { return; }
      if (field.type === 'radio' || field.type === 'checkbox') { field.checked = fields[field.name] === field.value; }
      else { field.value = fields[field.name]; }
      if (field.name === 'place' && field.value !== fields.place) {  // its township is not the one on the page
        var option = document.createElement('option');
        option.value = fields.place;
        option.textContent = village;
        field.appendChild(option);
        field.value = fields.place;
      }
    });
  }

  /* What is older than a few days was forgotten on this device: it goes, whoever's it is. */
  function tidy() {
    var oldest = Date.now() - Number(form.dataset.days) * 86400000;
    Object.keys(store).forEach(function (each) {
      if (each.indexOf('draft ') !== 0) { return; }
      var draft = read(each);
      if (!draft || !(draft.at > oldest)) { store.removeItem(each); }
    });
  }

  if (store) {
    tidy();
    var draft = read(name);
    if (draft && draft.fields && !document.getElementById('errors')) {
      put(draft.fields, draft.village || draft.fields.place);
      say(form.dataset.restored);
    }
    if (draft && remove) { remove.hidden = false; }
  }

  var pause = null;
  function changed() {
    waiting = false;  // what is sent later is what was to be sent, not what is still being written
    clearTimeout(pause);
    pause = setTimeout(save, 300);
  }
  form.addEventListener('input', changed);
  form.addEventListener('change', changed);
  window.addEventListener('pagehide', function () { if (pause) { clearTimeout(pause); if (store && store.getItem(name)) { save(); } } });

  if (remove) {
    remove.addEventListener('click', function () {
      clearTimeout(pause);
      pause = null;
      forget();
      form.reset();
      say(form.dataset.deleted);
    });
  }

  /* Sent by fetch, so that without a connection the page stays as it is. Whatever the server answers other than that
     it has the letter is shown as a page, by sending the form as a browser does. */
  function send() {
    var stop = window.AbortController ? new AbortController() : null;
    var timer = setTimeout(function () { if (stop) { stop.abort(); } }, 60000);
    clearTimeout(pause);
    save();
    sending = true;
    waiting = false;
    say(form.dataset.sending);
    fetch(form.action, {
      method: 'POST', body: new FormData(form), redirect: 'manual', credentials: 'same-origin', signal: stop ? stop.signal : undefined
    }).then(function (answer) {
      clearTimeout(timer);
      if (answer.type === 'opaqueredirect') { window.location.assign(form.dataset.done); }
      else { HTMLFormElement.prototype.submit.call(form); }
    }, function () {
      clearTimeout(timer);
      sending = false;
      waiting = true;
      say(store ? form.dataset.offline : form.dataset.unkept);
    });
  }

  form.addEventListener('submit', function (event) {
    if (!window.fetch || !window.FormData) { save(); return; }
    event.preventDefault();
    if (!sending) { send(); }
  });
  window.addEventListener('online', function () { if (waiting && !sending) { send(); } });
  window.addEventListener('pageshow', function (event) { if (event.persisted) { sending = false; } });
}());
