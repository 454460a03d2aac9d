// Makes deb and rpm of a program folder with the systems' own tools: the program in /opt/archbridge, a command and a menu entry.
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { SetupError } from '../set-up-error.mjs';
import { TIME, evenModes, filesBelow } from './archive.mjs';

const HOME = '/opt/archbridge';
const DEB_ARCH = { x64: 'amd64', arm64: 'arm64' };
const RPM_ARCH = { x64: 'x86_64', arm64: 'aarch64' };
/** Which packages Electron needs, as electron-builder names them. */
const ELECTRON_DEBS =
  'libgtk-3-0, libnotify4, libnss3, libxss1, libxtst6, xdg-utils, libatspi2.0-0, libuuid1, libsecret-1-0';
const ELECTRON_RPMS =
  'gtk3, libnotify, nss, libXScrnSaver, libXtst, xdg-utils, at-spi2-core, libuuid, libsecret';

/**
 * @typedef {{ program: string, work: string, out: string, withNode: boolean }} Wanted
 *   `program`: folder as `layOutProgram` made it; `work`: for temporary files; `out`: where the package goes
 */

/** @param {string} root @param {Wanted} wanted @returns {{ what: string, needs: string } | null} why it was not made */
export function makeDeb(root, { program, work, out, withNode }) {
  if (!hasProgram('dpkg-deb')) return { what: 'deb', needs: 'dpkg-deb' };
  const { version, description } = packageOf(root);
  const tree = join(work, 'deb');
  layOutSystem(program, tree);
  const depends = [
    ...(withNode ? ['libc6', 'libstdc++6'] : ['nodejs (>= 20.19)']),
    ...(hasDesktop(program) ? [ELECTRON_DEBS] : []),
  ];
  const size = filesBelow(tree).reduce((sum, name) => sum + readFileSync(join(tree, name)).length, 0);
  mkdirSync(join(tree, 'DEBIAN'));
  writeFileSync(
    join(tree, 'DEBIAN', 'control'),
    `Package: archbridge
Version: ${version.replace('-', '~')}
Architecture: ${DEB_ARCH[process.arch]}
Maintainer: Archbridge maintainers <maintainers@archbridge.invalid>
Installed-Size: ${Math.ceil(size / 1024)}
Depends: ${depends.join(', ')}
Section: admin
Priority: optional
Description: ${description}
 Imports offline add-on packages (Helm charts and images) into the registry
 of an air-gapped site: command line, the app in a browser${hasDesktop(program) ? ', desktop app' : ''}.
`,
  );
  const file = join(out, `archbridge_${version.replace('-', '~')}_${DEB_ARCH[process.arch]}.deb`);
  settle(tree);
  // gzip: xz takes ten times as long for a tenth of the size
  run('dpkg-deb', ['--root-owner-group', '-Zgzip', '--build', tree, file], work);
  return null;
}

/** @param {string} root @param {Wanted} wanted @returns {{ what: string, needs: string } | null} why it was not made */
export function makeRpm(root, { program, work, out, withNode }) {
  if (!hasProgram('rpmbuild')) return { what: 'rpm', needs: 'rpmbuild (Debian and Ubuntu: apt install rpm)' };
  const { version, description } = packageOf(root);
  const tree = join(work, 'rpm');
  layOutSystem(program, tree);
  settle(tree);
  const needs = [...(withNode ? [] : ['nodejs >= 20.19']), ...(hasDesktop(program) ? [ELECTRON_RPMS] : [])];
  const spec = join(work, 'archbridge.spec');
  writeFileSync(
    spec,
    `Name: archbridge
Version: ${version.replace('-', '~')}
Release: 1
Summary: ${description}
License: Apache-2.0
${needs.length > 0 ? `Requires: ${needs.join(', ')}` : ''}
AutoReqProv: no
%description
Imports offline add-on packages (Helm charts and images) into the registry of an air-gapped site.
%install
mkdir -p %{buildroot}
cp -a ${tree}/. %{buildroot}/
%files
${HOME}
/usr/bin/archbridge
/usr/share/applications/archbridge.desktop
`,
  );
  const settings = {
    _topdir: join(work, 'rpmbuild'),
    _rpmdir: out,
    _rpmfilename: '%{NAME}-%{VERSION}-%{RELEASE}.%{ARCH}.rpm',
    _binary_payload: 'w6.gzdio',
    _buildhost: 'reproducible',
    use_source_date_epoch_as_buildtime: '1',
    clamp_mtime_to_source_date_epoch: '1',
    // neither strip programs nor compile or compress anything: files are as they were checked
    __os_install_post: '%{nil}',
    debug_package: '%{nil}',
    _build_id_links: 'none',
  };
  const defines = Object.entries(settings).flatMap(([name, value]) => ['--define', `${name} ${value}`]);
  run('rpmbuild', ['-bb', '--target', RPM_ARCH[process.arch], ...defines, spec], work);
  return null;
}

/** The files as they will lie in the system. */
function layOutSystem(program, tree) {
  mkdirSync(join(tree, 'opt'), { recursive: true });
  cpSync(program, join(tree, HOME), { recursive: true });
  mkdirSync(join(tree, 'usr', 'bin'), { recursive: true });
  mkdirSync(join(tree, 'usr', 'share', 'applications'), { recursive: true });
  const desktop = hasDesktop(program);
  writeFileSync(
    join(tree, 'usr', 'share', 'applications', 'archbridge.desktop'),
    `[Desktop Entry]
Type=Application
Name=Archbridge
Comment=Import offline packages so that every image tag serves every architecture
Comment[zh_CN]=导入离线安装包，让每个镜像标签支持所有架构
Exec=${desktop ? `${HOME}/desktop/archbridge %F` : `${HOME}/bin/archbridge serve`}
Icon=${HOME}/archbridge.svg
Terminal=${desktop ? 'false' : 'true'}
Categories=Development;
`,
  );
  symlinkSync(`${HOME}/bin/archbridge`, join(tree, 'usr', 'bin', 'archbridge'));
}

/** Rights and times of a finished tree. */
function settle(tree) {
  evenModes(tree);
  // Chromium's sandbox starts through this program where the system allows no user namespaces
  const sandbox = join(tree, HOME, 'desktop', 'chrome-sandbox');
  if (existsSync(sandbox)) chmodSync(sandbox, 0o4755);
  for (const entry of readdirSync(tree, { recursive: true, withFileTypes: true }))
    if (!entry.isSymbolicLink()) utimesSync(join(entry.parentPath, entry.name), TIME, TIME);
  utimesSync(tree, TIME, TIME);
}

function run(command, args, cwd) {
  const env = { ...process.env, SOURCE_DATE_EPOCH: String(TIME), LC_ALL: 'C' };
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, env, encoding: 'utf8' });
  if (status !== 0) throw new SetupError(`${error?.message ?? stderr + stdout}\n\n${command} failed.`);
}

function hasProgram(name) {
  return spawnSync(name, ['--version'], { stdio: 'ignore' }).status === 0;
}

const hasDesktop = (program) => existsSync(join(program, 'desktop'));
const packageOf = (root) => JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
