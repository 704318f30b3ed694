@echo off
rem The monitor no longer starts by itself.
"%~dp0scripts\launch.bat" autostart remove %*
