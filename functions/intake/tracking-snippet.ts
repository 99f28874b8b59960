/** Name of the cookie that holds a visitor's id on the company's own site, and of the hidden field that brings it to a form. */
export const visitorCookie = 'trichter_visitor'
export const visitorField = '_visitor'

/** 13 months: what the data protection authorities of France take for the longest. Visits do not prolong it. */
const cookieSeconds = 395 * 24 * 3600

/**
 * What runs in the company's pages, given `config`. Plain DOM, no dependencies. Without leave it sends and stores
 * nothing: the page calls `trichter.consent(true)`, or says in its tag that it has leave (`data-consent="given"`) or needs
 * none (`not-required`). A cookie that is there already is the leave that was given on an earlier page.
 */
const program = `function (config) {
  var w = window, d = document, n = navigator, l = location
  if (w.trichter) return
  var script = d.currentScript
  var says = function (name) { return script && script.getAttribute('data-' + name) }
  var refused = n.globalPrivacyControl || n.doNotTrack === '1'
  var on = false, total = 0, landed = {}, campaign, visitor, path, since
  new URLSearchParams(l.search).forEach(function (value, name) {
    var known = /^utm_(source|medium|campaign|term|content)$/.exec(name)
    if (known) landed[known[1]] = value.slice(0, 200)
  })
  function random() {
    return Array.from(crypto.getRandomValues(new Uint8Array(16)), function (byte) {
      return (byte + 256).toString(16).slice(1)
    }).join('')
  }
  function cookie() {
    return (d.cookie.match(/(?:^|; )${visitorCookie}=([\\w-]{8,64})/) || [])[1]
  }
  function setCookie(value, age) {
    var domain = says('cookie-domain')
    d.cookie = '${visitorCookie}=' + value + '; path=/; max-age=' + age + '; samesite=lax' +
      (domain ? '; domain=' + domain : '') + (l.protocol === 'https:' ? '; secure' : '')
  }
  function session(change) {
    try { return change(sessionStorage, 'trichter_campaign') } catch (error) { return }
  }
  function send(type, properties) {
    if (!on) return
    var body = JSON.stringify({ events: [{
      id: random(), type: type, subject: { visitorId: visitor },
      properties: Object.assign({ path: path }, campaign, properties)
    }] })
    if (n.sendBeacon && n.sendBeacon(config.to, body)) return
    fetch(config.to, { method: 'POST', body: body, mode: 'no-cors', keepalive: true }).catch(function () {})
  }
  function look() {
    if (on && since === undefined && d.visibilityState === 'visible') since = performance.now()
  }
  function leave() {
    if (since === undefined) return
    var seconds = Math.min(Math.round((performance.now() - since) / 1000), 1800)
    since = undefined
    if (seconds < 1) return
    total += seconds
    send('page.engaged', { seconds: seconds, total: total })
  }
  function view(referrer) {
    path = l.pathname
    total = 0
    send('page.viewed', { host: l.host, referrer: referrer })
    look()
  }
  function move() {
    if (!on || l.pathname === path) return
    leave()
    view()
  }
  function begin() {
    if (on || refused) return
    var from = d.referrer && new URL(d.referrer).host
    on = true
    visitor = cookie()
    if (!visitor) setCookie(visitor = random(), ${cookieSeconds})
    campaign = session(function (store, name) {
      if (Object.keys(landed).length) store.setItem(name, JSON.stringify(landed))
      return JSON.parse(store.getItem(name))
    }) || landed
    view(from && from !== l.host ? from : undefined)
    if (/^(cp[cm]|ppc|paid|display|banner)/.test(landed.medium)) send('ad.clicked')
  }
  function end() {
    on = false
    since = visitor = campaign = undefined
    landed = {}
    if (cookie()) setCookie('', 0)
    session(function (store, name) { store.removeItem(name) })
  }
  function start() {
    if (/^(given|not-required)$/.test(says('consent')) || cookie()) begin()
  }
  ;['pushState', 'replaceState'].forEach(function (method) {
    var original = history[method]
    history[method] = function () {
      var result = original.apply(this, arguments)
      move()
      return result
    }
  })
  w.addEventListener('popstate', move)
  w.addEventListener('pagehide', leave)
  w.addEventListener('pageshow', function (event) { if (event.persisted) view() })
  d.addEventListener('visibilitychange', function () { d.visibilityState === 'visible' ? look() : leave() })
  d.addEventListener('submit', function (event) {
    var form = event.target
    var target = form.getAttribute('action') || ''
    if (!on || (target.indexOf(config.forms) !== 0 && !form.classList.contains('trichter-form'))) return
    var field = form.elements.namedItem('${visitorField}')
    if (!field) {
      field = form.appendChild(d.createElement('input'))
      field.type = 'hidden'
      field.name = '${visitorField}'
    }
    field.value = visitor
    Object.keys(campaign).forEach(function (name) {
      var hidden = form.elements.namedItem('utm_' + name)
      if (hidden && !hidden.value) hidden.value = campaign[name]
    })
  }, true)
  w.trichter = {
    consent: function (given) { given ? begin() : end() },
    track: send,
    visitor: function () { return visitor }
  }
  if (d.prerendering) d.addEventListener('prerenderingchange', start, { once: true })
  else start()
}`.replace(/^ +/gm, '')

/** @param publicUrl where the beacon and the forms are, without a slash at the end. */
export const trackingSnippet = (publicUrl: string): string =>
  `(${program})(${JSON.stringify({ to: `${publicUrl}/t`, forms: `${publicUrl}/f/` })})\n`
