@echo off
rem Runs Archbridge with the Node beside it or, where there is none, with the one on PATH.
setlocal
set "home=%~dp0.."
set "node=%home%\runtime\node.exe"
if exist "%node%" goto run
set "node=node"
where /q node && goto run
echo Archbridge needs Node 20.19 or newer, and there is no node on PATH: https://nodejs.org>&2
exit /b 2
:run
"%node%" "%home%\archbridge.mjs" %*
exit /b %ERRORLEVEL%
