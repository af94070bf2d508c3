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

  /* The office has it: that draft, and no other one, is deleted. */
  if (script && script.dataset.done && store) { store.removeItem(script.dataset.done + ' ' + script.dataset.key); }

  var form = document.querySelector('form[data-draft]');
  if (!form) { return; }

  var mine = form.dataset.draft + ' ';  // of this person and visit; each letter has its own key behind it
  var told = document.getElementById('draft-told');
  var remove = document.querySelector('[data-draft-delete]');
  var next = document.querySelector('[data-draft-next]');
  var others = document.getElementById('drafts');
  var late = document.querySelector('[data-only-drafts]');  // nothing new is begun: only what waits here is sent
  var none = document.querySelector('[data-no-drafts]');
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

  function name() { return mine + form.elements.form_key.value; }

  function save() {
    if (!store) { return false; }
    try { store.setItem(name(), JSON.stringify({ at: Date.now(), fields: typed(), village: village() })); } catch (full) { return false; }
    show();
    return true;
  }

  /* The latest first. */
  function drafts() {
    return Object.keys(store).filter(function (each) { return each.indexOf(mine) === 0; })
      .map(function (each) { return { name: each, draft: read(each) }; })
      .filter(function (each) { return each.draft && each.draft.fields; })
      .sort(function (one, other) { return other.draft.at - one.draft.at; });
  }

  /* What can be done with this draft, and which others wait on this device. */
  function show() {
    var all = drafts();
    var here = all.some(function (each) { return each.name === name(); });
    var list = others.querySelector('ul') || others.appendChild(document.createElement('ul'));
    remove.hidden = !here;
    next.hidden = !here || Boolean(late);
    if (late) {
      late.hidden = !all.length;
      none.hidden = Boolean(all.length);
    }
    list.textContent = '';
    all.forEach(function (each) {
      if (each.name === name()) { return; }
      var item = document.createElement('li');
      var button = document.createElement('button');
      button.type = 'button';
      button.className = 'button quiet';
      button.textContent = each.draft.fields.subject || each.draft.fields.title || others.dataset.unnamed;
      button.addEventListener('click', function () { open(each.draft, form.dataset.restored); });
      item.appendChild(button);
      list.appendChild(item);
    });
    others.hidden = !list.children.length;
  }

  function open(draft, words) {
    waiting = false;
    form.reset();
    put(draft.fields, draft.village || draft.fields.place);
    say(words);
    show();
  }

  function fresh() {
    var bytes = window.crypto.getRandomValues(new Uint8Array(16));
    form.reset();
    form.elements.form_key.value = Array.from(bytes, function (byte) { return ('0' + byte.toString(16)).slice(-2); }).join('');
    waiting = false;
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
    var latest = drafts()[0];
    if (latest && !document.getElementById('errors')) { open(latest.draft, form.dataset.restored); }
    show();
  }

  var pause = null;
  function changed() {
    waiting = false;  // what is sent later is what was to be sent, not what is still being written
    clearTimeout(pause);
    pause = setTimeout(save, 300);
  }
  form.addEventListener('input', changed);
  form.addEventListener('change', changed);
  window.addEventListener('pagehide', function () { if (pause) { clearTimeout(pause); if (store && store.getItem(name())) { save(); } } });

  remove.addEventListener('click', function () {
    clearTimeout(pause);
    pause = null;
    store.removeItem(name());
    var left = drafts()[0];
    if (late && left) { open(left.draft, form.dataset.deleted); return; }
    fresh();
    say(form.dataset.deleted);
    show();
    if (late) { none.focus(); }
  });

  /* The next person waits, and there is no connection: this letter stays here until it can be sent. */
  next.addEventListener('click', function () {
    clearTimeout(pause);
    pause = null;
    save();
    fresh();
    say(form.dataset.next);
    show();
    form.querySelector('input:not([type=hidden])').focus();
  });

  /* Sent by fetch, so that without a connection the page stays as it is. Whatever the server answers other than that
     it has the letter is shown as a page, by sending the form as a browser does. */
  function send() {
    var stop = window.AbortController ? new AbortController() : null;
    var timer = setTimeout(function () { if (stop) { stop.abort(); } }, 180000);  // photos take their time where the network is slow
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
