#!/usr/bin/env bash
# A private Dovecot IMAP server for tests: loopback only, own CA and TLS
# certificate, own users, everything in one state directory.
#
#   dovecot.sh start    DIR [options]       start; prints the connection data
#   dovecot.sh deliver  DIR USER[:FOLDER] PATH...
#                                           add mails (files, or directories of
#                                           .eml files) to USER's INBOX or
#                                           another folder, named as on the wire
#   dovecot.sh fill     DIR USER N FILE     add FILE N times; each {{n}} in it
#                                           becomes 1, 2, ... N
#   dovecot.sh kick     DIR [USER]          cut the open IMAP sessions
#   dovecot.sh renumber DIR USER [MAILBOX]  give the mailbox a new UIDVALIDITY
#   dovecot.sh log      DIR                 show the server's log
#   dovecot.sh stop     DIR                 stop; the mails stay in DIR
#
# Options of start:
#   --port N          TLS port (default: a free one)
#   --plain-port N    a second listener with STARTTLS (default: a free one)
#   --user NAME:PASS  repeatable (default: leads@example.test:geheim)
#   --oauth NAME:TOKEN  repeatable: NAME may log in with XOAUTH2 or OAUTHBEARER
#                     and exactly this access token
#   --no-basic        offer only the OAuth mechanisms (as Microsoft 365 does)
#   --max-per-ip N    connections per user and address (default 10)
#
# DIR/env holds IMAP_HOST, IMAP_PORT, IMAP_STARTTLS_PORT and IMAP_CA in a form
# that a shell can source. Needs dovecot 2.3 (imapd), openssl and python3.
# Works as root and as an ordinary user; changes nothing outside DIR.
set -euo pipefail

die() { echo "dovecot.sh: $*" >&2; exit 1; }

find_dovecot() {
  local p
  for p in "${DOVECOT:-}" "$(command -v dovecot || true)" /usr/sbin/dovecot /usr/local/sbin/dovecot; do
    [ -n "$p" ] && [ -x "$p" ] && { echo "$p"; return; }
  done
  die "no dovecot found (Debian: apt-get install dovecot-imapd)"
}

free_port() { # asks the kernel for a free loopback port
  python3 -c 'import socket; s=socket.socket(); s.bind(("127.0.0.1",0)); print(s.getsockname()[1])'
}

alive() { # $1: a pid file. A zombie does not count
  local stat
  [ -s "$1" ] || return 1
  stat=$(ps -o stat= -p "$(cat "$1")" 2>/dev/null) || return 1
  case $stat in Z*|"") return 1;; esac
}

port_open() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

make_certs() { # $1: directory. A CA and one server certificate, EC keys: fast
  local d=$1
  [ -s "$d/server.pem" ] && return
  mkdir -p "$d"
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30 \
    -subj "/CN=Lotse Test CA" -keyout "$d/ca.key" -out "$d/ca.pem" \
    -addext "basicConstraints=critical,CA:TRUE" \
    -addext "keyUsage=critical,keyCertSign,cRLSign" 2>/dev/null
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes \
    -subj "/CN=localhost" -keyout "$d/server.key" -out "$d/server.csr" 2>/dev/null
  printf '%s\n' "subjectAltName=DNS:localhost,IP:127.0.0.1" "basicConstraints=CA:FALSE" \
    "extendedKeyUsage=serverAuth" >"$d/server.ext"
  openssl x509 -req -in "$d/server.csr" -CA "$d/ca.pem" -CAkey "$d/ca.key" -CAcreateserial \
    -days 30 -extfile "$d/server.ext" -out "$d/server.pem" 2>/dev/null
  chmod 600 "$d"/*.key
}

# --- an OAuth 2.0 token introspection endpoint, just enough for the passdb ---
introspector() { # $1: port file, $2: file of NAME<tab>TOKEN lines
  cat <<'PY' >"$1.py"
import http.server, json, sys, urllib.parse
port_file, tokens_file = sys.argv[1:3]

class Introspect(http.server.BaseHTTPRequestHandler):
    def answer(self, form):
        token = (form.get("token") or [""])[0]
        if not token:
            token = self.headers.get("Authorization", "").removeprefix("Bearer ")
        pairs = [l.rstrip("\n").split("\t", 1) for l in open(tokens_file, encoding="utf-8")]
        owner = next((n for n, t in pairs if t == token), None)
        body = {"active": True, "email": owner, "scope": "imap"} if owner else {"active": False}
        data = json.dumps(body).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def do_GET(self):
        self.answer(urllib.parse.parse_qs(urllib.parse.urlsplit(self.path).query))

    def do_POST(self):
        n = int(self.headers.get("Content-Length") or 0)
        self.answer(urllib.parse.parse_qs(self.rfile.read(n).decode()))

    def log_message(self, *_):
        pass

server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Introspect)
with open(port_file, "w") as f:
    f.write(str(server.server_port))
server.serve_forever()
PY
  python3 "$1.py" "$1" "$2" </dev/null >/dev/null 2>&1 &
  echo $! >"$1.pid"
  for _ in $(seq 100); do [ -s "$1" ] && return; sleep 0.05; done
  die "the token endpoint did not start"
}

cmd_start() {
  local dir=${1:?start needs a directory}; shift
  local port="" plain="" basic=1 max_ip=10 users=() oauth=()
  while [ $# -gt 0 ]; do
    case $1 in
      --port) port=$2; shift 2;;
      --plain-port) plain=$2; shift 2;;
      --user) users+=("$2"); shift 2;;
      --oauth) oauth+=("$2"); shift 2;;
      --no-basic) basic=0; shift;;
      --max-per-ip) max_ip=$2; shift 2;;
      *) die "unknown option $1";;
    esac
  done
  [ ${#users[@]} -gt 0 ] || users=("leads@example.test:geheim")
  local bin; bin=$(find_dovecot)
  case $("$bin" --version) in
    2.3.*) ;;
    *) die "this configuration is for dovecot 2.3, found $("$bin" --version)";;
  esac
  mkdir -p "$dir"; dir=$(cd "$dir" && pwd -P)
  ! alive "$dir/run/master.pid" || die "already running in $dir"
  cmd_stop "$dir" # whatever a crash has left
  rm -rf "$dir/run"; mkdir -p "$dir/mail" "$dir/home" "$dir/run"
  chmod 755 "$dir" "$dir/run"
  make_certs "$dir/tls"
  port=${port:-$(free_port)}; plain=${plain:-$(free_port)}

  # Mails belong to whoever runs this; as root, Dovecot's login processes still
  # need their own users, so pick ones that exist.
  local me grp mail_user mail_group anon login
  me=$(id -un); grp=$(id -gn)
  if [ "$(id -u)" = 0 ]; then
    mail_user=$(id -un nobody); mail_group=$(id -gn nobody)
    anon=$(id -un dovenull 2>/dev/null || id -un nobody); login=$(id -un dovecot 2>/dev/null || id -un nobody)
    chown -R "$mail_user:$mail_group" "$dir/mail" "$dir/home"
  else
    mail_user=$me; mail_group=$grp; anon=$me; login=$me
  fi
  local uid gid; uid=$(id -u "$mail_user"); gid=$(id -g "$mail_user")

  : >"$dir/users"
  local u
  for u in "${users[@]}"; do
    echo "${u%%:*}:{PLAIN}${u#*:}:$uid:$gid::$dir/home/${u%%:*}::" >>"$dir/users"
  done
  for u in ${oauth[@]+"${oauth[@]}"}; do
    grep -q "^${u%%:*}:" "$dir/users" ||
      echo "${u%%:*}:{PLAIN}$(openssl rand -hex 16):$uid:$gid::$dir/home/${u%%:*}::" >>"$dir/users"
  done
  chmod 644 "$dir/users"

  local mechs="plain login" oauth_passdb=""
  if [ ${#oauth[@]} -gt 0 ]; then
    : >"$dir/tokens"
    for u in "${oauth[@]}"; do printf '%s\t%s\n' "${u%%:*}" "${u#*:}" >>"$dir/tokens"; done
    introspector "$dir/run/introspect" "$dir/tokens"
    cat >"$dir/oauth2.conf.ext" <<CONF
introspection_url = http://127.0.0.1:$(cat "$dir/run/introspect")/introspect
introspection_mode = post
username_attribute = email
active_attribute = active
active_value = true
tokeninfo_url =
CONF
    oauth_passdb="passdb {
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = $dir/oauth2.conf.ext
}"
    mechs="xoauth2 oauthbearer"; [ $basic = 0 ] || mechs="plain login $mechs"
  fi

  cat >"$dir/dovecot.conf" <<CONF
protocols = imap
listen = 127.0.0.1
base_dir = $dir/run
state_dir = $dir/run
instance_name = lotse-test
log_path = $dir/dovecot.log
default_internal_user = $login
default_internal_group = $(id -gn "$login")
default_login_user = $anon
first_valid_uid = 1
first_valid_gid = 1
mail_location = maildir:$dir/mail/%u
mail_home = $dir/home/%u
maildir_stat_dirs = no
mail_fsync = never
mail_max_userip_connections = $max_ip
# With the delays of a real server, tests of wrong passwords would take minutes.
auth_failure_delay = 0
ssl = yes
ssl_cert = <$dir/tls/server.pem
ssl_key = <$dir/tls/server.key
ssl_min_protocol = TLSv1.2
disable_plaintext_auth = yes
auth_mechanisms = $mechs
auth_username_format = %Lu
$oauth_passdb
passdb {
  driver = passwd-file
  mechanisms = plain login
  args = $dir/users
}
userdb {
  driver = passwd-file
  args = $dir/users
}
namespace inbox {
  inbox = yes
  separator = /
}
service imap-login {
  chroot =
  inet_listener imap {
    port = $plain
  }
  inet_listener imaps {
    port = $port
    ssl = yes
  }
}
service anvil {
  chroot =
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
service stats {
  chroot =
}
CONF
  # The daemon must not hold the caller's pipes open: whoever reads them would wait for its end.
  "$bin" -c "$dir/dovecot.conf" </dev/null >>"$dir/dovecot.log" 2>&1 ||
    die "dovecot refused its configuration: $(tail -3 "$dir/dovecot.log")"
  for _ in $(seq 100); do port_open "$port" && break; sleep 0.05; done
  port_open "$port" || { tail -5 "$dir/dovecot.log" >&2; die "nothing listens on port $port"; }
  {
    echo "IMAP_HOST=localhost"
    echo "IMAP_PORT=$port"
    echo "IMAP_STARTTLS_PORT=$plain"
    echo "IMAP_CA=$dir/tls/ca.pem"
  } >"$dir/env"
  cat "$dir/env"
}

# Into the maildir's new/, as a delivery agent would do it: written to tmp/,
# then renamed, so that the server never sees half a mail.
into_maildir() { # $1 maildir root, $2 user, $3 count or "", then paths
  python3 - "$@" <<'PY'
import os, sys, time
root, user, count, *paths = sys.argv[1:]
user, _, folder = user.partition(":")
box = os.path.join(root, user)
owner = os.stat(root)
own = os.getuid() == 0

def mkdir(p):
    if not os.path.isdir(p):
        os.mkdir(p, 0o700)
        if own:
            os.chown(p, owner.st_uid, owner.st_gid)

mkdir(box)
if folder:
    box = os.path.join(box, "." + folder.replace("/", "."))
for d in (box, *(os.path.join(box, s) for s in ("cur", "new", "tmp"))):
    mkdir(d)
files = []
for p in paths:
    if os.path.isdir(p):
        files += sorted(os.path.join(d, f) for d, _, fs in os.walk(p) for f in fs if f.endswith(".eml"))
    else:
        files.append(p)
base = "%d.M%dP%d" % (time.time(), time.time_ns() // 1000 % 1000000, os.getpid())
done = 0

def put(data):
    global done
    name = "%sQ%06d.localhost" % (base, done)
    tmp = os.path.join(box, "tmp", name)
    with open(tmp, "wb") as f:
        f.write(data)
    if own:
        os.chown(tmp, owner.st_uid, owner.st_gid)
    os.rename(tmp, os.path.join(box, "new", name))
    done += 1

for f in files:
    with open(f, "rb") as h:
        data = h.read()
    if count:
        for i in range(1, int(count) + 1):
            put(data.replace(b"{{n}}", b"%d" % i))
    else:
        put(data)
print(done)
PY
}

cmd_deliver() {
  local dir user
  dir=$(cd "${1:?}" && pwd -P); user=${2:?}; shift 2
  into_maildir "$dir/mail" "$user" "" "$@"
}

cmd_fill() {
  local dir
  dir=$(cd "${1:?}" && pwd -P)
  into_maildir "$dir/mail" "${2:?}" "${3:?}" "${4:?}"
}

cmd_kick() { # what a server restart or a mobile network does to a session
  local dir
  dir=$(cd "${1:?}" && pwd -P)
  "$(command -v doveadm || echo "$(dirname "$(find_dovecot)")/../bin/doveadm")" \
    -c "$dir/dovecot.conf" kick "${2:-*}" || true
}

cmd_renumber() { # what a restored or migrated mailbox looks like to a client
  local dir user box
  dir=$(cd "${1:?}" && pwd -P); user=${2:?}; box="$dir/mail/$user"
  case ${3:-INBOX} in INBOX) ;; *) box="$box/.$3";; esac
  [ -d "$box" ] || die "no mailbox at $box"
  cmd_kick "$dir" "$user" >/dev/null 2>&1
  sleep 1.1 # UIDVALIDITY comes from the clock; make sure that it differs
  rm -f "$box"/dovecot.index* "$box"/dovecot-uidlist "$box"/dovecot-uidvalidity*
}

cmd_stop() {
  local dir pid p
  dir=$(cd "${1:?}" && pwd -P)
  for p in "$dir/run/master.pid" "$dir/run/introspect.pid"; do
    if alive "$p"; then
      pid=$(cat "$p"); kill "$pid" 2>/dev/null || true
      for _ in $(seq 100); do alive "$p" || break; sleep 0.05; done
    fi
    rm -f "$p"
  done
}

case ${1:-} in
  start) shift; cmd_start "$@";;
  deliver) shift; cmd_deliver "$@";;
  fill) shift; cmd_fill "$@";;
  kick) shift; cmd_kick "$@";;
  renumber) shift; cmd_renumber "$@";;
  log) cat "${2:?}/dovecot.log";;
  stop) shift; cmd_stop "$@";;
  *) sed -n '2,28s/^# \{0,1\}//p' "$0"; exit 2;;
esac
