#!/bin/sh
# The page. httpd runs it for "/", since there is no index.html.
escape() { sed 's/&/\&amp;/g; s/</\&lt;/g'; }

token=$(cat /run/secrets/api-token)
if ! answer=$(wget -q -O - "$API_URL/cgi-bin/visit?token=$token"); then
  printf 'Status: 502 Bad Gateway\r\nContent-Type: text/plain\r\n\r\nthe api does not answer\n'
  exit
fi
visits=$(echo "$answer" | sed -n 1p)
greeting=$(echo "$answer" | sed -n 2p | escape)
counter=$(echo "$answer" | sed -n 3p)

printf 'Content-Type: text/html; charset=utf-8\r\n\r\n'
cat <<PAGE
<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <title>$greeting</title>
    <style>
      body { font: 18px/1.6 system-ui, sans-serif; margin: 12vh auto; max-width: 34rem; padding: 0 1rem; }
      strong { font-size: 4rem; display: block; line-height: 1.2; }
      code { background: #8882; padding: 0.1em 0.3em; border-radius: 4px; }
      small { color: #888; }
    </style>
  </head>
  <body>
    <h1>$greeting</h1>
    <p>This page has been visited <strong>$visits</strong> times.</p>
    <p>The number is kept in the volume <code>hello_visits</code>: it survives
      <code>tcompose down</code> and goes with <code>tcompose down -v</code>.</p>
    <p><small>page by web $(hostname), counted through api $counter</small></p>
  </body>
</html>
PAGE
