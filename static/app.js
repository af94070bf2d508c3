/* Small helps. Every page works without this file: nothing here is needed to read, write or send.
   Plain script for the browsers of old office machines (Chromium 86); texts come from data- attributes. */
(function () {
  'use strict';

  var root = document.documentElement;
  root.classList.add('js');

  function each(within, selector, act) {
    Array.prototype.forEach.call((within || document).querySelectorAll(selector), act);
  }

  function say(text) {
    var region = document.getElementById('said');
    if (region) { region.textContent = text; }
  }

  /* ——— how much is left of a long text, and what was chosen to be sent ——— */

  var pause = null;

  function count(area) {
    var target = document.getElementById(area.id + '-count');
    var left = Number(area.dataset.most) - Array.from(area.value).length;
    var text = (left < 0 ? area.dataset.over : area.dataset.left).replace('%n', Math.abs(left).toLocaleString());
    if (!target) { return; }
    target.classList.toggle('over', left < 0);
    clearTimeout(pause);  // a screen reader hears the number when the typing rests, not at each key
    if (area !== document.activeElement) { target.textContent = text; return; }
    pause = setTimeout(function () { target.textContent = text; }, 700);
  }

  function megabytes(size) {
    return size < 1048576 ? Math.max(1, Math.round(size / 1024)) + ' KB' : (size / 1048576).toFixed(1) + ' MB';
  }

  function chosen(input) {
    var target = document.getElementById(input.id + '-count');
    var files = Array.from(input.files);
    var all = files.reduce(function (sum, file) { return sum + file.size; }, 0);
    if (!target) { return; }
    var lines = files.map(function (file) {
      return file.size > Number(input.dataset.mostEach)
        ? input.dataset.big.replace('%n', file.name) : file.name + ' · ' + megabytes(file.size);
    });
    var many = files.length > Number(input.dataset.mostFiles) || all > Number(input.dataset.mostAll);
    if (many) { lines.push(input.dataset.many); }
    target.textContent = lines.join('\n');
    target.classList.toggle('over', many || files.some(function (file) { return file.size > Number(input.dataset.mostEach); }));
  }

  /* A photo is made smaller before it travels: a phone's own has some megabytes, and its place in it. What cannot be
     read here goes as it is, and the office does the same. */
  function shrink(input) {
    var side = Number(input.dataset.shrink);
    var files = Array.from(input.files);
    if (!window.createImageBitmap || !window.DataTransfer) { return; }
    Promise.all(files.map(function (file) { return smaller(file, side); })).then(function (done) {
      var all = new DataTransfer();
      var same = Array.from(input.files).every(function (file, at) { return file === files[at]; });  // and not chosen anew
      if (!same || input.files.length !== files.length) { return; }
      done.forEach(function (file) { all.items.add(file); });
      input.files = all.files;
      chosen(input);
    });
  }

  function smaller(file, side) {
    if (!/^image\/(jpeg|png|webp|hei[cf])$/.test(file.type) || file.size < 300000) { return file; }
    return createImageBitmap(file).then(function (picture) {
      var scale = Math.min(1, side / Math.max(picture.width, picture.height));
      var canvas = document.createElement('canvas');
      canvas.width = Math.round(picture.width * scale);
      canvas.height = Math.round(picture.height * scale);
      canvas.getContext('2d').drawImage(picture, 0, 0, canvas.width, canvas.height);
      return new Promise(function (resolve) {
        canvas.toBlob(function (blob) {
          var name = file.name.replace(/\.[^.]*$/, '') + '.jpg';
          resolve(blob && blob.size < file.size ? new File([blob], name, { type: 'image/jpeg' }) : file);
        }, 'image/jpeg', 0.85);
      });
    }).catch(function () { return file; });
  }

  /* ——— a receipt code: groups of four, and a word at once when a digit is mistyped (Verhoeff's check digit) ——— */

  var TIMES = ['0123456789', '1234067895', '2340178956', '3401289567', '4012395678',
    '5987604321', '6598710432', '7659821043', '8765932104', '9876543210'];
  var TURN = ['0123456789', '1576283094', '5803796142', '8916043527', '9453126870', '4286573901', '2793806415', '7046913258'];

  function fits(code) {
    return code.split('').reverse().reduce(function (row, digit, place) { return TIMES[row][TURN[place % 8][digit]]; }, '0') === '0';
  }

  function digits(text) {
    return text.replace(/[０-９]/g, function (wide) { return String.fromCharCode(wide.charCodeAt(0) - 0xFEE0); }).replace(/[^0-9]/g, '');
  }

  function receipt(input) {
    var atEnd = input.selectionStart === input.value.length;
    var code = digits(input.value);
    var target = document.getElementById(input.id + '-count');
    if (atEnd && code.length <= 20) { input.value = code.replace(/(.{4})(?=.)/g, '$1 '); }
    if (!target) { return; }
    var wrong = code.length > 20 || (code.length === 20 && !fits(code));
    target.textContent = code.length === 0 ? '' : wrong ? input.dataset.wrong
      : code.length === 20 ? input.dataset.right : input.dataset.left.replace('%n', 20 - code.length);
    target.classList.toggle('over', wrong);
  }

  document.addEventListener('input', function (event) {
    var field = event.target;
    if (field.matches('textarea[data-most]')) { count(field); }
    if (field.matches('input[data-receipt]')) { receipt(field); }
    if (field.form) { field.form.dataset.changed = '1'; }
  });
  document.addEventListener('change', function (event) {
    if (event.target.matches('input[type=file][data-most-each]')) { chosen(event.target); }
    if (event.target.matches('input[type=file][data-shrink]')) { shrink(event.target); }
  });

  /* ——— errors: the summary takes the focus, its links put the cursor into the field ——— */

  document.addEventListener('click', function (event) {
    var link = event.target.closest('.error-summary a[href^="#"]');
    var field = link && document.getElementById(link.getAttribute('href').slice(1));
    if (!field) { return; }
    event.preventDefault();
    if (!field.matches('input, select, textarea')) { field = field.querySelector('input, select, textarea') || field; }
    var block = field.closest('.field') || field;
    block.scrollIntoView();
    field.focus({ preventScroll: true });
  });

  /* ——— a double click sends once; a second try a moment later always goes through ——— */

  document.addEventListener('submit', function (event) {
    var form = event.target;
    var now = Date.now();
    if (form.method !== 'post') { return; }
    if (now - Number(form.dataset.sentAt || 0) < 2000) { event.preventDefault(); return; }
    form.dataset.sentAt = String(now);
    form.dataset.changed = '';
    each(form, 'button:not([type=button])', function (button) {
      button.setAttribute('aria-disabled', 'true');
      setTimeout(function () { button.removeAttribute('aria-disabled'); }, 2000);
    });
  });

  window.addEventListener('beforeunload', function (event) {
    var open = document.querySelector('form[data-warn][data-changed="1"]');
    if (open) { event.preventDefault(); event.returnValue = ''; }
  });

  window.addEventListener('pageshow', function (event) {
    if (event.persisted) { each(document, 'form[data-sent-at]', function (form) { form.dataset.sentAt = '0'; }); }
  });

  document.addEventListener('click', function (event) {
    if (event.target.closest('[data-print]')) { window.print(); }
  });

  /* ——— keys, as /help/keys lists them: for who signed in, until they switch them off there ——— */

  var went = 0;  // when g was pressed

  function shown(node) { return node && node.offsetParent !== null; }

  function move(by) {
    var links = Array.from(document.querySelectorAll('main .list tbody tr'))
      .map(function (row) { return row.querySelector('a[href]'); }).filter(shown);
    var row = document.activeElement.closest('.list tbody tr');
    var at = links.findIndex(function (link) { return row && row.contains(link); });
    var next = links[at < 0 ? 0 : Math.min(Math.max(at + by, 0), links.length - 1)];
    if (next) { next.focus(); }
    return Boolean(next);
  }

  function press(node) {
    if (shown(node)) { node.click(); }
    return shown(node);
  }

  function go(address) {  // only where this person's menu leads
    var there = document.querySelector('.menu a[href="' + address + '"]');
    if (there) { window.location.assign(address); }
    return Boolean(there);
  }

  function send(from) {
    var posts = document.querySelectorAll('main form[method=post]');
    var form = from.closest('form') || document.querySelector('.step-form form') || (posts.length === 1 ? posts[0] : null);
    return Boolean(form) && press(form.querySelector('button.primary') || form.querySelector('button:not([type=button])'));
  }

  function key(letter, at) {
    var going = Date.now() - went < 2000;
    var row = at.closest('.list tbody tr');
    went = 0;
    if (going && letter === 'd') { return press(document.querySelector('.brand[href="/desk"]')); }
    if (going && letter === 'q') { return go('/petitions/'); }
    switch (letter) {
      case 'g': went = Date.now(); return true;
      case '?': case '？': window.location.assign('/help/keys'); return true;
      case '/': case '／': {
        var search = document.querySelector('main input[type=search]');
        if (shown(search)) { search.focus(); search.select(); }
        return shown(search);
      }
      case 'j': return move(1);
      case 'k': return move(-1);
      case 'ArrowDown': return Boolean(row) && move(1);
      case 'ArrowUp': return Boolean(row) && move(-1);
      case 'x': return Boolean(row) && press(row.querySelector('input[type=checkbox]'));
    }
    var named = /^[a-z1-9]$/.test(letter) && document.querySelector('main [aria-keyshortcuts="' + letter + '"]');
    if (named && named.closest('details')) { named.closest('details').open = true; }
    return press(named);
  }

  document.addEventListener('keydown', function (event) {
    var at = event.target;
    var done;
    if (!('keys' in document.body.dataset) || event.isComposing || event.defaultPrevented || !at.closest) { return; }
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) { done = send(at); }
    else if (event.key === 'Escape' && at.matches('input, select, textarea')) { at.blur(); done = true; }
    else if (event.ctrlKey || event.altKey || event.metaKey || at.closest('input, select, textarea, [contenteditable]')) { return; }
    else { done = key(event.key, at); }
    if (done) { event.preventDefault(); }
  });

  /* ——— htmx: a refused or lost request is told, never swapped into a corner of the page ——— */

  document.addEventListener('htmx:before:swap', function (event) {
    var ctx = event.detail.ctx;
    var answer = ctx && ctx.response;
    if (!answer || (!answer.raw.redirected && answer.status < 400) || answer.status === 409 || answer.status === 422) { return; }
    event.preventDefault();  // an error page, or the sign-in page after a long pause: open it as a page
    var form = ctx.sourceElement && ctx.sourceElement.closest && ctx.sourceElement.closest('form');
    if (ctx.request.method === 'GET') { window.location.assign(ctx.request.action); }
    else if (form) { HTMLFormElement.prototype.submit.call(form); }  // nothing was taken; that page keeps what was typed
    else { say(document.body.dataset.offline); }
  });
  document.addEventListener('htmx:error', function () { say(document.body.dataset.offline); });

  /* ——— what is drawn, now or later ——— */

  function dress(within) {
    each(within, 'textarea[data-most]', count);
    each(within, 'input[data-receipt]', receipt);
    each(within, '[data-print]', function (button) { button.hidden = false; });
    // Rows shown as cards lose their table roles in some browsers: say them again.
    each(within, 'table.list', function (table) {
      table.setAttribute('role', 'table');
      each(table, 'thead, tbody', function (part) { part.setAttribute('role', 'rowgroup'); });
      each(table, 'tr', function (row) { row.setAttribute('role', 'row'); });
      each(table, 'td', function (cell) { cell.setAttribute('role', 'cell'); });
      each(table, 'thead th', function (head) { head.setAttribute('role', 'columnheader'); });
      each(table, 'tbody th', function (head) { head.setAttribute('role', 'rowheader'); });
    });
  }

  dress(document);
  document.addEventListener('htmx:after:swap', function (event) {
    var ctx = event.detail.ctx;
    var heading = ctx && ctx.target && ctx.target.querySelector && ctx.target.querySelector('.step-form h3');
    say('');
    dress(document);
    if (heading) { heading.tabIndex = -1; heading.focus(); }  // the form of a step opened: go there
    var errors = document.getElementById('errors');
    if (errors) { errors.focus(); }
  });
  var errors = document.getElementById('errors');
  if (errors) { errors.focus(); }
}());
