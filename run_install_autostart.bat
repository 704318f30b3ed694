@echo off
rem Lets the monitor start by itself when you log on.
"%~dp0scripts\launch.bat" autostart install %*
