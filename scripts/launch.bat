@echo off
rem Finds a Python for the leak monitor and hands everything over to launch.py:
rem     launch.bat TASK [arguments]
rem --no-pause right behind the name of a launcher is for the Task Scheduler:
rem no window waits for a key.
setlocal EnableExtensions DisableDelayedExpansion
set "HERE=%~dp0"
set "WAIT_FOR_A_KEY=1"
rem The launcher's own arguments come first, and are none or one.
if "%~2"=="--no-pause" set "WAIT_FOR_A_KEY="
if "%~3"=="--no-pause" set "WAIT_FOR_A_KEY="

rem installed-requirements.txt is written last: without it .venv is not complete,
rem and must be made anew by a Python outside of it.
set "PYTHON="
if not exist "%HERE%..\.venv\installed-requirements.txt" goto installed_pythons
set CANDIDATE="%HERE%..\.venv\Scripts\python.exe"
call :try

:installed_pythons
for %%V in (3.12 3.11 3.10 3.13) do (
  set "CANDIDATE=py -%%V"
  call :try
)
set "CANDIDATE=python"
call :try
if not defined PYTHON goto no_python

%PYTHON% "%HERE%launch.py" %*
set "CODE=%ERRORLEVEL%"
if "%CODE%"=="0" exit /b 0
goto failed

:no_python
echo.
echo The leak monitor needs Python, and none that fits was found on this PC.
py "%HERE%launch.py" --check-python 2>nul
rem 1: it is there and has said why it does not fit. Once is enough.
if not "%ERRORLEVEL%"=="1" python "%HERE%launch.py" --check-python 2>nul
echo.
echo What to do now:
echo   1. Open https://www.python.org/downloads/windows/
echo      and download the "Windows installer (64-bit)" of Python 3.12.
echo      (A "python" that only opens the Microsoft Store does not count.)
echo   2. Run it, and tick "Add python.exe to PATH" on its first page.
echo   3. Double-click this file again.
set "CODE=1"

:failed
if not defined WAIT_FOR_A_KEY exit /b %CODE%
echo.
echo Please read the lines above: they say what happened and what to do now.
pause
exit /b %CODE%

:try
rem Keeps CANDIDATE as PYTHON when it is there, works, and has a version that fits.
if defined PYTHON exit /b 0
%CANDIDATE% "%HERE%launch.py" --check-python >nul 2>&1
if "%ERRORLEVEL%"=="0" set PYTHON=%CANDIDATE%
exit /b 0
